import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { archiveNames } from './archive-names.js';
import { baseImages, keptImages } from './images-kept.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'mostik-kept-')); });
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An archive made by tar, its layers before its list. */
function archive(name: string, list: string, content: unknown, format = 'gnu'): string {
  const source = mkdtempSync(join(folder, 'source-'));
  mkdirSync(join(source, 'blobs'));
  writeFileSync(join(source, 'blobs', 'layer'), Buffer.alloc(3 * 1024 * 1024 + 7, 1));
  writeFileSync(join(source, list), typeof content === 'string' ? content : JSON.stringify(content));
  const file = join(folder, name);
  execFileSync('tar', ['--format', format, '-C', source, '-cf', file, 'blobs', list]);
  return file;
}

describe('the names in an archive', () => {
  it.each(['gnu', 'pax', 'ustar'])('are those of docker save (tar of the kind %s)', (format) => {
    const file = archive('one.tar', 'manifest.json', [{ RepoTags: ['postgres:15', 'docker.io/library/postgres:15'] }, { RepoTags: ['registry.example.org/a/b:1'] }, { RepoTags: null }], format);
    expect(archiveNames(file)).toEqual(['docker.io/library/postgres:15', 'registry.example.org/a/b:1']);
  });

  it('are those of an OCI archive, a tag alone left out', () => {
    const manifests = [
      { annotations: { 'io.containerd.image.name': 'docker.io/library/web:2', 'org.opencontainers.image.ref.name': '2' } },
      { annotations: { 'org.opencontainers.image.ref.name': 'registry.example.org/shop:3' } },
      { annotations: { 'org.opencontainers.image.ref.name': 'latest' } },
      {},
    ];
    expect(archiveNames(archive('oci.tar', 'index.json', { manifests }))).toEqual(['docker.io/library/web:2', 'registry.example.org/shop:3']);
  });

  it('are none in what is no archive, is cut off, holds no JSON, or is not there', () => {
    writeFileSync(join(folder, 'text.tar'), 'x'.repeat(5000));
    writeFileSync(join(folder, 'empty.tar'), '');
    for (const file of [join(folder, 'text.tar'), join(folder, 'empty.tar'), join(folder, 'no.tar'), archive('bad.tar', 'manifest.json', '{'), archive('other.tar', 'readme', 'x')]) expect(archiveNames(file)).toEqual([]);
  });
});

describe('the images kept on this machine', () => {
  it('are found in the folder that MOSTIK_IMAGE_DIR names; of two archives of one image the newer counts', () => {
    vi.stubEnv('MOSTIK_IMAGE_DIR', folder);
    const older = archive('b.tar', 'manifest.json', [{ RepoTags: ['web:1', 'db:1'] }]);
    const newer = archive('a.tar', 'manifest.json', [{ RepoTags: ['web:1'] }]);
    utimesSync(older, 1000, 1000);
    writeFileSync(join(folder, 'notes.txt'), 'no archive');
    expect(keptImages()).toEqual(new Map([['docker.io/library/web:1', newer], ['docker.io/library/db:1', older]]));
  });

  it('are none without the folder', () => {
    vi.stubEnv('MOSTIK_IMAGE_DIR', join(folder, 'nothing'));
    expect(keptImages()).toEqual(new Map());
  });
});

describe('the images that a Dockerfile stands on', () => {
  it('are those after FROM and those copied from, with arguments filled in, its own stages and scratch left out', () => {
    const dockerfile = ['ARG BASE=node:22', 'ARG OTHER', 'FROM --platform=linux/amd64 ${BASE}-slim AS build', 'FROM $OTHER', 'FROM scratch', 'FROM ${NONE:-busybox}', 'from build as Last', 'COPY --from=build /a /a', 'COPY --chown=1 --from=registry.example.org/tools:1 /b /b', 'COPY --from=0 /c /c', 'RUN --mount=type=bind,from=python:3,target=/x true', 'COPY --from=last \\', ' /d /d'].join('\n');
    expect(baseImages(dockerfile, { OTHER: 'python:3.11' })).toEqual(['docker.io/library/node:22-slim', 'docker.io/library/python:3.11', 'docker.io/library/busybox:latest', 'registry.example.org/tools:1', 'docker.io/library/python:3']);
  });
});
