import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImageBuild } from '../model/index.js';
import { contentTag, contextFiles } from './images-content.js';

let context: string;
beforeEach(() => (context = mkdtempSync(join(tmpdir(), 'mostik-context-'))));
afterEach(() => { rmSync(context, { recursive: true }); });

function write(files: Record<string, string>): ImageBuild {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(context, path)), { recursive: true });
    writeFileSync(join(context, path), text);
  }
  return { image: 'shop:1', context, file: join(context, 'Dockerfile'), args: {} };
}

test('an ignore file leaves out what builders leave out', () => {
  const build = write({
    '.dockerignore': '# modules\nnode_modules\n**/*.test.ts\n/dist/\nlogs/*\n!logs/keep.log\na?.txt\n',
    'Dockerfile': 'FROM scratch',
    'app.ts': '', 'app.test.ts': '', 'deep/er/one.test.ts': '', 'deep/er/one.ts': '', 'node_modules/x/y.js': '', 'deep/node_modules/z.js': '',
    'dist/app.js': '', 'deep/dist/app.js': '', 'logs/one.log': '', 'logs/keep.log': '', 'ab.txt': '', 'abc.txt': '',
  });
  expect(contextFiles(build)).toEqual(['.dockerignore', 'Dockerfile', 'abc.txt', 'app.ts', 'deep/dist/app.js', 'deep/er/one.ts', 'deep/node_modules/z.js', 'logs/keep.log']);
});

test('a Dockerfile may have an ignore file of its own', () => {
  const build = write({ '.dockerignore': 'a', 'Dockerfile': '', 'Dockerfile.dockerignore': 'b', 'a': '', 'b': '' });
  expect(contextFiles(build)).toEqual(['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'a']);
});

test('the content decides the tag: files, their rights, the Dockerfile, target and arguments', () => {
  const build = write({ 'Dockerfile': 'FROM scratch', 'app.ts': 'one', '.dockerignore': '*.md' });
  const before = contentTag(build);
  expect(before).toMatch(/^docker\.io\/library\/shop:content-[0-9a-f]{16}$/);
  write({ 'readme.md': 'ignored' });
  expect(contentTag(build)).toBe(before);
  expect(contentTag({ ...build, target: 'dev' })).not.toBe(before);
  expect(contentTag({ ...build, args: { A: '1' } })).not.toBe(before);
  chmodSync(join(context, 'app.ts'), 0o755);
  const executable = contentTag(build);
  expect(executable).not.toBe(before);
  write({ 'app.ts': 'two' });
  expect(contentTag(build)).not.toBe(executable);
});
