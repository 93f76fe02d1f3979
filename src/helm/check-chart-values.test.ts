import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatLocation } from '../diagnostics/index.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { formatPath, type ResolvedComponent } from '../model/index.js';
import { readChart } from './chart.js';
import { checkChartValues } from './check-chart-values.js';
import { coalesce } from './coalesce.js';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-helm-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function files(entries: Record<string, string>): void {
  for (const [path, text] of Object.entries(entries)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

function component(values: ResolvedComponent['values'], more: Partial<ResolvedComponent> = {}): ResolvedComponent {
  return {
    name: 'web', namespace: 'default', release: 'web', source: { kind: 'chart', path: join(dir, 'chart') }, files: [], values, secretValues: {}, edges: [], after: [],
    wave: 0, data: false, external: [], pods: [], builds: [], timeoutSeconds: 300, at: { file: 'platform.yaml', line: 1 }, locate: (path, part = 'key') => ({ file: `platform.yaml ${formatPath(path)} ${part}` }), ...more,
  };
}

async function check(given: ResolvedComponent): Promise<string[]> {
  const found = await checkChartValues(given, { cwd: dir });
  return found.map(({ at, message, severity }) => `${severity} ${at ? formatLocation(at) : ''} | ${message}`);
}

const about = 'apiVersion: v2\nname: chart\nversion: 1.0.0\n';
const schema = (rules: object, dialect = 'http://json-schema.org/draft-07/schema#') => JSON.stringify({ $schema: dialect, type: 'object', ...rules });

describe('a violation is told at the layer that set the value last', () => {
  const rules = { properties: { replicas: { type: 'integer' }, image: { type: 'object', additionalProperties: false, properties: { tag: { type: 'string' } } } } };
  test('chart, file, second file, platform', async () => {
    files({ 'chart/Chart.yaml': about, 'chart/values.yaml': 'replicas: one\n', 'chart/values.schema.json': schema(rules), 'a.yaml': 'replicas: two\n', 'b.yaml': '# more\nreplicas: three\n' });
    expect(await check(component({}))).toEqual(['error chart/values.yaml:1:11 | web: values.replicas: expected a whole number, got "one"']);
    expect(await check(component({}, { files: [join(dir, 'a.yaml')] }))).toEqual(['error a.yaml:1:11 | web: values.replicas: expected a whole number, got "two"']);
    expect(await check(component({}, { files: [join(dir, 'a.yaml'), join(dir, 'b.yaml')] }))).toEqual(['error b.yaml:2:11 | web: values.replicas: expected a whole number, got "three"']);
    expect(await check(component({ replicas: 'four' }, { files: [join(dir, 'a.yaml')] }))).toEqual(['error platform.yaml values.replicas value | web: values.replicas: expected a whole number, got "four"']);
    expect(await check(component({ replicas: 4 }, { files: [join(dir, 'a.yaml')] }))).toEqual([]);
  });
});

describe('schemas', () => {
  test('of draft 2020-12, 2019-09, 7 and without a dialect are read', async () => {
    const rules = { properties: { port: { type: 'integer' } }, additionalProperties: false };
    for (const dialect of ['https://json-schema.org/draft/2020-12/schema', 'https://json-schema.org/draft/2019-09/schema', 'http://json-schema.org/draft-07/schema', 'http://json-schema.org/draft-06/schema#']) {
      files({ 'chart/Chart.yaml': about, 'chart/values.schema.json': schema(rules, dialect) });
      expect(await check(component({ prot: 1 }))).toEqual(['error platform.yaml values.prot key | web: values: there is no key prot here']);
    }
    files({ 'chart/values.schema.json': JSON.stringify({ type: 'object', ...rules }) });
    expect(await check(component({ port: 'x' }))).toHaveLength(1);
  });

  test('that cannot be used here are a warning, and stop nothing', async () => {
    files({ 'chart/Chart.yaml': about, 'chart/values.schema.json': '{ "properties": { "a": { "$ref": "https://example.org/a.json" } } }' });
    expect(await check(component({ a: 1 }))).toEqual([expect.stringMatching(/^warning chart\/values\.schema\.json \| .*https:\/\/example\.org\/a\.json/)]);
    files({ 'chart/values.schema.json': '{ not json' });
    expect(await check(component({ a: 1 }))).toEqual([expect.stringMatching(/^warning /)]);
    files({ 'chart/values.schema.json': schema({}, 'http://json-schema.org/draft-04/schema#') });
    expect(await check(component({ a: 1 }))).toEqual([expect.stringMatching(/^warning .*draft 4/)]);
  });

  test('with alternatives say all of them, or what is wrong in the one that fits', async () => {
    const rules = { properties: { port: { anyOf: [{ type: 'integer' }, { enum: ['http', 'https'] }] }, probe: { oneOf: [{ type: 'null' }, { type: 'object', required: ['path'], properties: { path: { type: 'string' } }, additionalProperties: false }] } } };
    files({ 'chart/Chart.yaml': about, 'chart/values.schema.json': schema(rules) });
    expect(await check(component({ port: true }))).toEqual(['error platform.yaml values.port value | web: values.port: expected a whole number, http or https, got true']);
    expect(await check(component({ probe: { pathh: 'a' } }))).toEqual([
      'error platform.yaml values.probe key | web: values.probe: path is missing',
      'error platform.yaml values.probe.pathh key | web: values.probe: there is no key pathh here',
    ]);
  });

  test('with conditions tell the violation, not the condition', async () => {
    files({ 'chart/Chart.yaml': about, 'chart/values.schema.json': schema({ if: { properties: { tls: { const: true } }, required: ['tls'] }, then: { required: ['host'] } }) });
    expect(await check(component({ tls: true }))).toEqual(['error platform.yaml:1 | web: values: host is missing']);
  });
});

describe('secret values', () => {
  test('are held to their type, not to their length', async () => {
    files({ 'chart/Chart.yaml': about, 'chart/values.schema.json': schema({ properties: { auth: { required: ['password'], properties: { password: { type: 'string', maxLength: 4, pattern: '^[0-9]+$' } } } } }) });
    expect(await check(component({ auth: {} }, { secretValues: { 'auth.password': 'db' } }))).toEqual([]);
    files({ 'chart/values.schema.json': schema({ properties: { auth: { properties: { password: { type: 'integer' } } } } }) });
    expect(await check(component({}, { secretValues: { 'auth.password': 'db' } }))).toEqual([
      'error platform.yaml secretValues["auth.password"] key | web: values.auth.password: expected a whole number, got a secret, which is a text',
    ]);
  });
  test('leave the values of the component as they are', async () => {
    files({ 'chart/Chart.yaml': about });
    const given = component({ auth: { user: 'a' } }, { secretValues: { 'auth.password': 'db' } });
    await check(given);
    expect(given.values).toEqual({ auth: { user: 'a' } });
  });
});

describe('values are merged as Helm 4 merges them', () => {
  /** Made by `helm template` of a chart that prints `.Values`. */
  const merged = {
    cond: { global: { gone: 1, map: { a: 1, b: 2, q: 1 }, region: 'us' }, v: 1 }, extra: null, global: { map: { b: 2, q: 1 }, region: 'us' }, list: [9], map: { b: { e: 1 }, d: 3, f: null },
    one: { deep: { a: 'parent' }, fromParent: null, global: { gone: 1, map: { a: 1, b: 2, q: 1, z: 'sub' }, region: 'us', subonly: 1 } }, overmap: 7, scalar: 5,
    two: { deep: { a: 'sub', b: 'sub', c: 'sub' }, global: { gone: 1, map: { a: 1, b: 2, q: 1, z: 'sub' }, region: 'us', subonly: 1 }, own: { w: 2 } },
  };
  const user = { map: { a: null, b: { c: null, e: 1 }, f: null }, nil: null, list: [9], overmap: 7, extra: null, one: { deep: { c: null }, own: null, fromParent: null }, two: { own: { x: null } }, global: { region: 'us', map: { a: null, q: 1 }, gone: null } };
  const app = {
    'chart/Chart.yaml': `${about}dependencies:\n  - { name: sub, version: 1.0.0, alias: one }\n  - { name: sub, version: 1.0.0, alias: two }\n  - { name: cond, version: 1.0.0, condition: "cond.enabled,x.y", tags: [extra] }\n`,
    'chart/values.yaml': 'global: { region: eu, map: { a: 1, b: 2 }, gone: 1 }\nnil: null\nmap: { a: 1, b: { c: 2, n: null }, d: 3 }\nlist: [1, 2]\nscalar: 5\novermap: { x: 1 }\none: { fromParent: 1, deep: { a: parent, b: null } }\n',
    'chart/charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n',
    'chart/charts/sub/values.yaml': 'deep: { a: sub, b: sub, c: sub }\nown: { x: 1, w: 2 }\nnothing: null\nglobal: { map: { b: sub, z: sub }, subonly: 1 }\n',
    'chart/charts/cond/Chart.yaml': 'name: cond\nversion: 1.0.0\n',
    'chart/charts/cond/values.yaml': 'v: 1\n',
  };
  test('with subcharts, aliases, globals and null', async () => {
    files(app);
    expect(canonicalJson(coalesce(await readChart(join(dir, 'chart')), user).values)).toBe(canonicalJson(merged));
  });
  test('from an archive as from a folder, a packed subchart within it', async () => {
    files(app);
    execFileSync('tar', ['-czf', join(dir, 'chart/charts/cond-1.0.0.tgz'), '-C', join(dir, 'chart/charts'), 'cond']);
    rmSync(join(dir, 'chart/charts/cond'), { recursive: true });
    execFileSync('tar', ['-czf', join(dir, 'app.tgz'), '-C', dir, 'chart']);
    expect(canonicalJson(coalesce(await readChart(join(dir, 'app.tgz')), user).values)).toBe(canonicalJson(merged));
  });
  test('a subchart that is switched off is not checked', async () => {
    files({ ...app, 'chart/charts/cond/values.schema.json': schema({ properties: { v: { type: 'string' } } }) });
    expect(await check(component({ cond: { enabled: false } }))).toEqual([]);
    expect(await check(component({ cond: { enabled: true } }))).toEqual(['error chart/charts/cond/values.yaml:1:4 | web: values.cond.v: expected a text, got 1']);
    expect(await check(component({ tags: { extra: false } }))).toEqual([]);
    expect(await check(component({ one: 5 }))).toContainEqual('error platform.yaml values.one value | web: values.one: expected a map, the values of subchart one, got 5');
  });
});
