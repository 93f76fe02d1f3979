import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { check } from '../src/check/index.js';
import { formatLocation, MostikError, type Diagnostic } from '../src/diagnostics/index.js';
import { load } from '../src/load/index.js';
import { standIns, type Desired } from '../src/model/index.js';
import { renderPlatform } from '../src/render/index.js';
import { resolve } from '../src/resolve/index.js';
import { renderYaml } from '../src/views/render.js';

/**
 * Each folder of samples/render is a platform; `expected/` holds its objects and findings, `expected/PROFILE/` those of each profile.
 * UPDATE_SAMPLES=1 writes them anew: read the difference before a commit.
 */
const samples = fileURLToPath(new URL('samples/render/', import.meta.url));
const engines = process.env['MOSTIK_ENGINE_DIR'];
const engine = { path: join(engines ?? '', 'mostik-render') };
const update = process.env['UPDATE_SAMPLES'] === '1';
const skip = engines ? '' : ' (skipped: MOSTIK_ENGINE_DIR names no folder with mostik-render)';

let cache: string;
const cacheBefore = process.env['XDG_CACHE_HOME'];
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mostik-samples-'));
  process.env['XDG_CACHE_HOME'] = cache;
});
afterAll(async () => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  await rm(cache, { recursive: true });
});

async function rendered(sample: string, profile?: string): Promise<{ desired?: Desired; files: Record<string, string> }> {
  const dir = join(samples, sample);
  let diagnostics: Diagnostic[] = [];
  let desired: Desired | undefined;
  try {
    const loaded = await load({ dir, cwd: dir });
    const platform = resolve(loaded, { profiles: profile ? [profile] : [], source: { path: 'platform.yaml' } });
    desired = await renderPlatform(platform, { engine, secrets: standIns(platform), cwd: dir });
    diagnostics = [...desired.diagnostics, ...(await check(platform, desired, { engine }))].filter(({ code }) => code !== 'secret-in-git' && code !== 'secret-in-history');
    // What is rendered lies beside the platform in expected/, Secrets with stand-ins among it, and is found there.
  } catch (error) {
    if (!(error instanceof MostikError)) throw error;
    diagnostics = error.diagnostics;
  }
  const files: Record<string, string> = {};
  if (desired) files['objects.yaml'] = renderYaml(desired.objects);
  if (diagnostics.length > 0) files['findings.txt'] = diagnostics.map(written).join('');
  return { ...(desired ? { desired } : {}), files };
}

function written({ severity, code, at, message, hint }: Diagnostic): string {
  const place = at ? `${formatLocation(at)}: ` : '';
  return `${severity} ${code}\n  ${place}${message}\n${hint ? `  hint: ${hint.replaceAll('\n', '\n  ')}\n` : ''}`;
}

function compare(folder: string, files: Record<string, string>): void {
  const names = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : [])) : [];
  if (update) {
    for (const name of names) if (!(name in files)) rmSync(join(folder, name));
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return;
  }
  expect(names.sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) expect(text, `${folder}/${name}`).toBe(readFileSync(join(folder, name), 'utf8'));
}

function profilesOf(sample: string): string[] {
  const [document] = parseAllDocuments(readFileSync(join(samples, sample, 'platform.yaml'), 'utf8'));
  const { spec } = (document && 'toJS' in document ? document.toJS() : {}) as { spec?: { profiles?: Record<string, unknown> } };
  return Object.keys(spec?.profiles ?? {});
}

describe.skipIf(!engines)(`rendered samples${skip}`, () => {
  for (const sample of readdirSync(samples).sort()) {
    test(sample, async () => {
      compare(join(samples, sample, 'expected'), (await rendered(sample)).files);
      for (const profile of profilesOf(sample)) compare(join(samples, sample, 'expected', profile), (await rendered(sample, profile)).files);
    });
  }
});

describe.skipIf(!engines || !existsSync(join(engines, 'mostik-cluster')))(`the sample of YAML traps${skip}`, () => {
  const dir = join(samples, 'yaml-traps');
  const run = (program: string, ...args: string[]): string => execFileSync(join(engines!, program), args, { encoding: 'utf8', cwd: dir });
  const dataOf = async (component: string): Promise<unknown> => {
    const { desired } = await rendered('yaml-traps');
    const found = desired?.objects.find((each) => each.component === component);
    return found && (found.object['data'] ?? found.object['spec']);
  };

  test('agrees with helm template', async () => {
    const printed = parseAllDocuments(run('mostik-render', 'helm', 'template', 'chart', 'chart', '-f', 'values.yaml', '--kube-version', '1.36.3'), { version: '1.1' });
    const [map] = printed.map((document) => document.toJS() as { data: unknown });
    expect(await dataOf('chart')).toEqual(map?.data);
  });

  test('agrees with kubectl on manifests and kustomizations', async () => {
    const plain = JSON.parse(run('mostik-cluster', 'kubectl', 'patch', '--local', '-f', 'trap.yaml', '--type=merge', '-p', '{}', '-o', 'json')) as { spec: unknown };
    expect(await dataOf('plain')).toEqual(plain.spec);
    const built = run('mostik-cluster', 'kubectl', 'kustomize', 'kustomization');
    const path = join(cache, 'built.yaml');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, built);
    const read = JSON.parse(run('mostik-cluster', 'kubectl', 'patch', '--local', '-f', path, '--type=merge', '-p', '{}', '-o', 'json')) as { spec: unknown };
    expect(await dataOf('kustomized')).toEqual(read.spec);
  });
});
