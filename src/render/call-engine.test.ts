import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { callEngine } from './call-engine.js';
import type { EngineRequest } from './engine-protocol.js';
import { engineForTests, engineSkip } from './platform.fixture.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mostik-engine-'));
});
afterEach(() => rm(dir, { recursive: true }));

const request = (paths: string[]): EngineRequest => ({ version: 1, kubeVersion: '1.36.3', apiVersions: [], items: [{ id: 'a', source: 'manifests', paths, root: dir }] });

/** A program that does not do what an engine does. */
async function program(script: string): Promise<string> {
  const path = join(dir, 'engine');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function problem(path: string, options: { limitSeconds?: number; big?: boolean } = {}): Promise<string> {
  const error: unknown = await callEngine(request(options.big ? ['x'.repeat(3_000_000)] : []), { path, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MostikError)) throw new Error('expected a Diagnostic', { cause: error });
  expect(error.diagnostics.map(({ code }) => code)).toEqual(['render-engine-failed']);
  return error.message.replace(`render engine ${path}: `, '');
}

describe('an engine that fails is one clear Diagnostic', () => {
  test('when it is not there or may not be run', async () => {
    expect(await problem(join(dir, 'none'))).toContain('ENOENT');
    await writeFile(join(dir, 'plain'), 'x');
    expect(await problem(join(dir, 'plain'))).toContain('EACCES');
  });

  test('when it ends with an error, its own words', async () => {
    expect(await problem(await program('cat >/dev/null; echo "mostik-render: request: not understood" >&2; exit 3'))).toBe('it ended with code 3: request: not understood');
  });

  test('when it crashes, the reason and not the stack', async () => {
    expect(await problem(await program('cat >/dev/null; printf "panic: out of luck\\n\\ngoroutine 1:\\nmain.main()\\n" >&2; exit 2'))).toBe('it ended with code 2: panic: out of luck');
    expect(await problem(await program('kill -9 $$'))).toBe('it was ended by SIGKILL');
  });

  test('when it ends before it has read a large request', async () => {
    expect(await problem(await program('exit 1'), { big: true })).toBe('it ended with code 1');
  });

  test('when its answer is none', async () => {
    const answers = ['', 'hello', '{"version":2}', '{"version":1,"items":[]}', '{"version":1,"items":[{"id":"a","objects":[{}]}]}'];
    const problems: string[] = [];
    for (const answer of answers) problems.push(await problem(await program(`cat >/dev/null; printf '%s' '${answer}'`)));
    expect(problems).toEqual(
      ['it is not JSON', 'it is not JSON', 'it speaks version 2 of the protocol, expected 1', 'it gave no answer for a', 'an object of a is none'].map((text) => `its answer could not be read: ${text}`),
    );
  });

  test('when it does not end', async () => {
    expect(await problem(await program('exec sleep 60'), { limitSeconds: 0.2 })).toBe('it gave no answer within 0.2 s: a template may loop without end');
  });
});

test('an abort ends the engine and is thrown on as it is', async () => {
  const abort = new AbortController();
  const path = await program('exec sleep 60');
  const call = callEngine(request([]), { path, signal: abort.signal });
  setTimeout(() => abort.abort(new Error('stopped by the user')), 50);
  await expect(call).rejects.toThrow('stopped by the user');
  await expect(callEngine(request([]), { path, signal: abort.signal })).rejects.toThrow('stopped by the user');
});

test.skipIf(!engineForTests)(`the engine reads a file${engineSkip}`, async () => {
  await writeFile(join(dir, 'a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { mode: "0644" }\n');
  const [result] = await callEngine(request([join(dir, 'a.yaml')]), engineForTests!);
  expect(result).toEqual({
    id: 'a',
    objects: [{ object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { mode: '0644' } }, file: join(dir, 'a.yaml'), line: 1, keep: false }],
    generated: [],
    diagnostics: [],
  });
});
