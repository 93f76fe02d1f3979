import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { resolve } from '../resolve/index.js';
import { initPlatform, load } from './index.js';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-init-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(dir, path), 'utf8');
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof MostikError) return `${error.diagnostics[0]?.code} ${error.diagnostics[0]?.message}`;
    throw error;
  }
  return 'nothing';
};

test('a first platform is named after its folder, resolves with each profile, and ignores .env', async () => {
  const result = initPlatform({ dir: join(dir, 'My Shop!') });
  expect(result).toEqual({ name: 'my-shop', dir: join(dir, 'My Shop!'), files: ['.gitignore', 'README.md', 'platform.yaml', 'schema/platform.schema.json'] });
  const platform = resolve(await load({ dir: result.dir }), { profiles: ['small'] });
  expect(platform.name).toBe('my-shop');
  expect(platform.components.map(({ name }) => name)).toEqual(['web']);
  expect(read('My Shop!/.gitignore')).toMatch(/^\.env$/m);
});

test('the schema line names the installed package, else a copy beside the platform', () => {
  initPlatform({ dir: join(dir, 'a') });
  expect(read('a/platform.yaml').split('\n')[0]).toBe('# yaml-language-server: $schema=./schema/platform.schema.json');
  mkdirSync(join(dir, 'b/node_modules/mostik/schema'), { recursive: true });
  writeFileSync(join(dir, 'b/node_modules/mostik/schema/platform.schema.json'), '{}');
  const { files } = initPlatform({ dir: join(dir, 'b/infra') });
  expect(read('b/infra/platform.yaml').split('\n')[0]).toBe('# yaml-language-server: $schema=../node_modules/mostik/schema/platform.schema.json');
  expect(files).not.toContain('schema/platform.schema.json');
});

test('nothing is written over, and nothing is written at all, when a file is there', () => {
  writeFileSync(join(dir, 'platform.yaml'), 'mine');
  expect(codeOf(() => initPlatform({ dir, name: 'shop' }))).toMatch(/^init-exists .*platform\.yaml/);
  expect(read('platform.yaml')).toBe('mine');
  expect(existsSync(join(dir, '.gitignore'))).toBe(false);
});

test('ignore rules are added to those that are there, once', () => {
  writeFileSync(join(dir, '.gitignore'), 'node_modules/\n');
  writeFileSync(join(dir, 'README.md'), 'mine');
  expect(initPlatform({ dir, name: 'shop' }).files).toEqual(['.gitignore', 'platform.yaml', 'schema/platform.schema.json']);
  expect(read('.gitignore')).toMatch(/^node_modules\/\n[^]*^\.env$/m);
  expect(read('README.md')).toBe('mine');
  rmSync(join(dir, 'platform.yaml'));
  rmSync(join(dir, 'schema'), { recursive: true });
  expect(initPlatform({ dir, name: 'shop' }).files).toEqual(['platform.yaml', 'schema/platform.schema.json']);
});

test('a copy of a shipped platform has its own name, and neither packages nor tests', async () => {
  const { files } = initPlatform({ dir: join(dir, 'mine'), from: 'microservices' });
  expect(files).toContain('helm-chart/Chart.yaml');
  expect(files.filter((file) => /node_modules|(^|\/)dist\/|(^|\/)tests?\/|\.test\.ts$/.test(file))).toEqual([]);
  const platform = resolve(await load({ dir: join(dir, 'mine') }), { profiles: ['service1-only'] });
  expect(platform.name).toBe('mine');
  expect(platform.components.map(({ name }) => name)).toEqual(['microservice1']);
  expect(codeOf(() => initPlatform({ dir: join(dir, 'mine'), from: 'microservices' }))).toMatch(/^init-exists /);
});

test('a name that cannot be one, a source nobody knows and a file in place of a folder are told', () => {
  expect(codeOf(() => initPlatform({ dir, name: 'No Name' }))).toMatch(/^init-name /);
  expect(codeOf(() => initPlatform({ dir: join(dir, '...!') }))).toMatch(/^init-name /);
  expect(codeOf(() => initPlatform({ dir, name: 'a', from: 'microservice' }))).toMatch(/^init-source-unknown /);
  writeFileSync(join(dir, 'file'), '');
  expect(codeOf(() => initPlatform({ dir: join(dir, 'file') }))).toMatch(/^file-unreadable /);
});
