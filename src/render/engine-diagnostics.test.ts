import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fromEngine } from './engine-diagnostics.js';
import { platformOf } from './platform.fixture.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mostik-found-'));
});
afterEach(() => rm(dir, { recursive: true }));

function context(files: string[] = []) {
  const platform = platformOf({ web: { source: { kind: 'chart', path: join(dir, 'c') }, files, values: { inline: { list: [{ a: 1 }] } } } });
  return { component: platform.components[0]!, secrets: new Map([['db', 'S3cr3tValue']]), cwd: dir };
}

test('paths are those of the user, values of secrets are masked, severities are the engine\'s', async () => {
  const found = await fromEngine(
    { code: 'yaml-duplicate-key', severity: 'warning', message: `${dir}/c/a.yaml: got S3cr3tValue`, file: join(dir, 'c', 'a.yaml'), line: 3, rendered: { first: 9, line: 10, lines: ['a: 1', 'b: S3cr3tValue'] } },
    context(),
  );
  expect(found).toEqual({ code: 'rendered-key-twice', severity: 'warning', message: 'web: c/a.yaml: got ***', at: { file: 'c/a.yaml', line: 3 }, hint: 'rendered:\n   9 | a: 1\n> 10 | b: ***' });
});

test('a value is shown where it counts: inline, in the last values file that has it or the map around it, else at the component', async () => {
  await writeFile(join(dir, 'one.yaml'), 'a: { b: 1 }\nonly: 1\n');
  await writeFile(join(dir, 'two.yaml'), '\na:\n  b: 2\n');
  const at = async (...path: string[]) => (await fromEngine({ code: 'values-schema', severity: 'error', message: 'm', path }, context([join(dir, 'one.yaml'), join(dir, 'two.yaml')]))).at;
  expect(await at('inline', 'list', '0', 'a')).toEqual({ file: 'platform.yaml#web.values.inline.list.0.a' });
  expect(await at('a', 'b')).toEqual({ file: 'two.yaml', line: 3, column: 6 });
  expect(await at('only')).toEqual({ file: 'one.yaml', line: 2, column: 7 });
  expect(await at('a', 'missing')).toMatchObject({ file: 'two.yaml', line: 3 });
  expect(await at('nothing')).toEqual({ file: 'platform.yaml', line: 1 });
});

test('a code that this version does not know is shown as it is', async () => {
  expect(await fromEngine({ code: 'brand-new', severity: 'error', message: 'something' }, context())).toMatchObject({ code: 'render-problem', message: 'web: something (brand-new)' });
});
