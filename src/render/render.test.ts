import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { formatRef, secretsIn, standIns, tokenize, restore, type ComponentSource, type Desired, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { engineForTests, engineSkip, platformOf, workloadOf } from './platform.fixture.js';
import { renderPlatform, toList } from './index.js';

let dir: string;
let cache: string | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mostik-render-'));
  cache = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = join(dir, '.cache');
});
afterEach(async () => {
  if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cache;
  await rm(dir, { recursive: true });
});

async function files(texts: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

const chartFile = 'apiVersion: v2\nname: c\nversion: 0.1.0\n';
const chart = (more: Partial<ResolvedComponent> = {}): Partial<ResolvedComponent> & { source: ComponentSource } => ({ source: { kind: 'chart', path: join(dir, 'c') }, ...more });
const platformIn = (components: Parameters<typeof platformOf>[0], options: Partial<ResolvedPlatform> = {}): ResolvedPlatform => platformOf(components, { dir, ...options });
const kept = () => readdir(join(dir, '.cache', 'mostik', 'render')).catch(() => []);

async function render(platform: ResolvedPlatform, secrets = standIns(platform)): Promise<Desired> {
  return renderPlatform(platform, { engine: engineForTests!, secrets, cwd: dir });
}

async function mistakes(platform: ResolvedPlatform): Promise<string[]> {
  const error: unknown = await render(platform).then(() => undefined, (thrown: unknown) => thrown);
  if (!(error instanceof MostikError)) throw new Error('expected Diagnostics', { cause: error });
  return error.diagnostics.map(({ code, severity, message, at }) => `${severity} ${code} ${JSON.stringify(at)} ${message}`);
}

const config = (name: string, data = ''): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${data === '' ? '' : `data:\n${data}\n`}`;

describe.skipIf(!engineForTests)(`renderPlatform${engineSkip}`, () => {
  test('renders all sources of a platform at once, the same bytes each time', async () => {
    await files({
      'c/Chart.yaml': chartFile,
      'c/templates/a.yaml': config('{{ .Release.Name }}', '  ns: {{ .Release.Namespace }}\n  a: {{ .Values.a | quote }}'),
      'values.yaml': 'a: 0644\n',
      'k/kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: my-\n',
      'k/a.yaml': config('k'),
      'm.yaml': `${config('m')}---\n${config('other')}`,
    });
    const platform = platformIn({
      web: { source: workloadOf({ port: 80 }) },
      charted: chart({ release: 'rel', namespace: 'apps', files: [join(dir, 'values.yaml')] }),
      kustomized: { source: { kind: 'kustomization', path: join(dir, 'k') } },
      plain: { source: { kind: 'manifests', paths: [join(dir, 'm.yaml')] } },
    });
    const first = await render(platform);
    expect(first.objects.map(({ ref, at }) => `${formatRef(ref)} ${JSON.stringify(at)}`)).toEqual([
      'Namespace/apps {"file":"platform.yaml","line":1}',
      'Service/default/web {"file":"platform.yaml#web.workload"}',
      'Deployment/default/web {"file":"platform.yaml#web.workload"}',
      'ConfigMap/apps/rel {"file":"c/templates/a.yaml","line":1}',
      'ConfigMap/default/my-k {"file":"k/a.yaml","line":1}',
      'ConfigMap/default/m {"file":"m.yaml","line":1}',
      'ConfigMap/default/other {"file":"m.yaml","line":6}',
    ]);
    expect(first.objects[3]!.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'rel', namespace: 'apps', labels: { 'app.kubernetes.io/managed-by': 'mostik', 'mostik.dev/component': 'charted', 'mostik.dev/platform': 'demo' } },
      data: { ns: 'apps', a: '420' },
    });
    expect(first.secrets.size).toBe(0);
    const bytes = JSON.stringify(toList(first));
    expect(await kept()).toHaveLength(3);
    expect(JSON.stringify(toList(await render(platform)))).toBe(bytes);
    await rm(join(dir, '.cache'), { recursive: true });
    expect(JSON.stringify(toList(await render(platform)))).toBe(bytes);
  });

  test('labels metadata and leaves selectors and templates alone', async () => {
    await files({ 'd.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d, labels: { app.kubernetes.io/managed-by: Helm, z: z } }\nspec:\n  selector: { matchLabels: { app: d } }\n  template:\n    metadata: { labels: { app: d } }\n    spec: { containers: [{ name: d, image: d }] }\n' });
    const { objects } = await render(platformIn({ plain: { source: { kind: 'manifests', paths: [join(dir, 'd.yaml')] } } }));
    expect(objects[0]!.object).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'mostik', 'mostik.dev/component': 'plain', 'mostik.dev/platform': 'demo', z: 'z' } },
      spec: { selector: { matchLabels: { app: 'd' } }, template: { metadata: { labels: { app: 'd' } } } },
    });
  });

  test('charts that ask for APIs are rendered again with the CRDs of the platform', async () => {
    const has = (api: string, name: string) => `{{ if .Capabilities.APIVersions.Has "${api}" }}\n${config(name)}{{ end }}\n`;
    await files({
      'c/Chart.yaml': chartFile,
      'c/templates/a.yaml': `${has('example.org/v1/Foo', 'with-foo')}---\n${has('given.org/v1/Bar', 'with-bar')}---\n${has('apps/v1', 'with-apps')}---\n${has('none.org/v1', 'with-none')}`,
      'crd.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: foos.example.org }\nspec:\n  group: example.org\n  scope: Cluster\n  names: { kind: Foo, plural: foos }\n  versions: [{ name: v1, served: true, storage: true }]\n',
      'foo.yaml': 'apiVersion: example.org/v1\nkind: Foo\nmetadata: { name: foo }\n',
    });
    const cluster = { ...platformOf({}).cluster, provides: ['given.org/v1/Bar'] };
    const crd = { source: { kind: 'manifests' as const, paths: [join(dir, 'crd.yaml'), join(dir, 'foo.yaml')] } };
    const names = async (components: Parameters<typeof platformOf>[0]) => (await render(platformIn(components, { cluster }))).objects.map(({ ref }) => formatRef(ref));
    expect(await names({ a: chart() })).toEqual(['ConfigMap/default/with-apps', 'ConfigMap/default/with-bar']);
    expect(await names({ a: chart(), crd })).toEqual([
      'CustomResourceDefinition/foos.example.org',
      'ConfigMap/default/with-apps',
      'ConfigMap/default/with-bar',
      'ConfigMap/default/with-foo',
      'Foo/foo',
    ]);
  });

  test('hooks, tests, kept objects and CRDs of a chart are known as such', async () => {
    const job = (name: string, annotations: string) => `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations: { ${annotations} }\n`;
    await files({
      'c/Chart.yaml': chartFile,
      'c/crds/foo.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: foos.example.org }\nspec: { group: example.org, scope: Namespaced, names: { kind: Foo, plural: foos }, versions: [] }\n',
      'c/templates/a.yaml': [
        job('before', '"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-weight": "-5", "helm.sh/hook-delete-policy": hook-succeeded'),
        job('check', '"helm.sh/hook": test'),
        job('strange', '"helm.sh/hook": crd-install'),
        `${config('kept').trimEnd()}\n  annotations: { "helm.sh/resource-policy": keep }\n`,
      ].join('---\n'),
    });
    const { objects, diagnostics } = await render(platformIn({ web: chart() }));
    expect(objects.map(({ ref, hook, keep }) => [formatRef(ref), hook ?? null, keep])).toEqual([
      ['CustomResourceDefinition/foos.example.org', null, false],
      ['ConfigMap/default/kept', null, true],
      ['Job/default/before', { events: ['pre-install', 'pre-upgrade'], weight: -5, deletePolicies: ['hook-succeeded'] }, false],
      ['Job/default/check', { events: ['test'], weight: 0, deletePolicies: ['before-hook-creation'] }, false],
    ]);
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['hook-unknown', 'warning']]);
  });

  test('every mistake of every component is reported at once, at its place', async () => {
    await files({
      'c/Chart.yaml': chartFile,
      'c/templates/a.yaml': `${config('a')}  labels:\n    x: {{ .Values.x.y }}\n`,
      'm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: 5 }\n---\nkind: Pod\n',
      'foo.yaml': 'apiVersion: example.org/v1\nkind: Foo\nmetadata: { name: foo }\n',
    });
    const found = await mistakes(
      platformIn({
        web: chart(),
        plain: { source: { kind: 'manifests', paths: [join(dir, 'm.yaml')] } },
        custom: { source: { kind: 'manifests', paths: [join(dir, 'foo.yaml')] } },
        gone: { source: { kind: 'chart', path: join(dir, 'nothing') } },
      }),
    );
    expect(found).toEqual([
      'error template-error {"file":"c/templates/a.yaml","line":6,"column":11} web: c/templates/a.yaml: {{ .Values.x.y }}: .Values.x is not set, so it has no y; set it or give it a default',
      'error manifest-invalid {"file":"m.yaml","line":1} plain: ConfigMap metadata.name: got 5, expected text; quote it',
      'error manifest-invalid {"file":"m.yaml","line":5} plain: apiVersion is missing, expected an object with apiVersion and kind',
      'error chart-not-found {"file":"nothing"} gone: nothing: no such file or folder, expected a chart',
      'error scope-unknown {"file":"foo.yaml","line":1} Foo/foo: no component has the CustomResourceDefinition of Foo (example.org/v1), so whether it lives in a namespace is not known',
    ]);
  });

  test('values that do not fit the chart\'s schema are reported where they were written', async () => {
    await files({
      'c/Chart.yaml': chartFile,
      'c/values.schema.json': JSON.stringify({ type: 'object', properties: { replicas: { type: 'integer' }, mode: { type: 'string' }, inline: { type: 'string' } }, required: ['must'] }),
      'c/templates/a.yaml': config('a'),
      'one.yaml': 'mode: 0644\nreplicas: 1\n',
      'two.yaml': '\n\nreplicas: three\n',
    });
    const found = await mistakes(platformIn({ web: chart({ files: [join(dir, 'one.yaml'), join(dir, 'two.yaml')], values: { inline: 1 } }) }));
    expect(found).toEqual([
      'error missing-key {"file":"platform.yaml","line":1} web: values: must is missing',
      'error bad-value {"file":"two.yaml","line":3,"column":11} web: values.replicas: expected a whole number, got "three"',
      'error bad-value {"file":"one.yaml","line":1,"column":7} web: values.mode: expected a text, got 420',
      'error bad-value {"file":"platform.yaml#web.values.inline"} web: values.inline: expected a text, got 1',
    ]);
  });

  test('a key that stands twice in a values file is told once', async () => {
    await files({ 'c/Chart.yaml': chartFile, 'c/templates/a.yaml': config('a'), 'v.yaml': 'a: 1\na: 2\n' });
    expect(await mistakes(platformIn({ web: chart({ files: [join(dir, 'v.yaml')] }) }))).toEqual(['error rendered-key-twice {"file":"v.yaml","line":2} web: "a": the key appears twice, expected once']);
  });
});

describe.skipIf(!engineForTests)(`secrets in a render${engineSkip}`, () => {
  const secrets = { db: { generate: { length: 24, alphabet: 'alphanumeric' as const } } };
  const secretChart = {
    'c/Chart.yaml': chartFile,
    'c/templates/a.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  p: {{ .Values.auth.password }}\n  u: postgres://x:{{ .Values.auth.password | urlquery }}@db\ndata:\n  d: {{ dict "auth" (printf "u:%s" .Values.auth.password | b64enc) | toJson | b64enc }}\n',
  };

  test('stand-ins give the same bytes everywhere, real ones are traced and never written down', async () => {
    await files(secretChart);
    const platform = platformIn({ web: chart({ secretValues: { 'auth.password': 'db' } }) }, { secrets });
    const plain = await render(platform);
    expect(plain.objects[0]!.object['stringData']).toEqual({ p: 'standInForDboDaZUrcvvFhk', u: 'postgres://x:standInForDboDaZUrcvvFhk@db' });
    expect(await kept()).toHaveLength(1);
    const table = new Map([['db', 'r3al+Pass/word='], ['mostik-seed', 'aaaa']]);
    const real = await render(platform, table);
    expect(await kept()).toHaveLength(1);
    expect([...real.secrets]).toEqual([['db', 'r3al+Pass/word=']]);
    const traced = tokenize(real.objects, real.secrets);
    expect(traced[0]!.object['stringData']).toEqual({ p: '⟦db⟧', u: 'postgres://x:⟦db|uri⟧@db' });
    expect(traced[0]!.object['data']).toEqual({ d: '⟦base64:{"auth":"⟦base64:u:⟦db⟧⟧"}⟧' });
    expect(restore(traced, real.secrets)).toEqual(real.objects);
    const caches = await Promise.all((await kept()).map((name) => readFile(join(dir, '.cache', 'mostik', 'render', name), 'utf8')));
    expect(secretsIn(caches, table)).toEqual([]);
  });

  test('what random template functions make follows from the seed and the component, and is kept as a secret', async () => {
    await files({ 'c/Chart.yaml': chartFile, 'c/templates/a.yaml': config('{{ .Release.Name }}', '  a: {{ randAlphaNum 20 }}\n  b: {{ randAlphaNum 20 }}') });
    const platform = platformIn({ one: chart(), two: chart(), plain: { source: workloadOf() } });
    const seeded = (seed: string) => render(platform, new Map([['mostik-seed', seed]]));
    const [first, again, other] = [await seeded('first-seed'), await seeded('first-seed'), await seeded('other-seed')];
    expect([...first.secrets.keys()]).toEqual(['mostik-seed', 'generated/one/0', 'generated/one/1', 'generated/two/0', 'generated/two/1']);
    expect(new Set([...first.secrets.values(), ...other.secrets.values()]).size).toBe(10);
    expect(again).toEqual(first);
    expect(tokenize(first.objects, first.secrets)[0]!.object['data']).toEqual({ a: '⟦generated/one/0⟧', b: '⟦generated/one/1⟧' });
  });

  test('an error message shows no value of a secret', async () => {
    await files({ 'c/Chart.yaml': chartFile, 'c/templates/a.yaml': `${config('a')}data:\n  a: "{{ .Values.auth.password }}" x\n` });
    const platform = platformIn({ web: chart({ secretValues: { 'auth.password': 'db' } }) }, { secrets });
    const error: unknown = await render(platform, new Map([['db', 'r3alPassword'], ['mostik-seed', 'a']])).catch((thrown: unknown) => thrown);
    if (!(error instanceof MostikError)) throw new Error('expected Diagnostics');
    expect(error.diagnostics.map(({ code }) => code)).toEqual(['rendered-yaml']);
    expect(JSON.stringify(error.diagnostics)).not.toContain('r3alPassword');
    expect(JSON.stringify(error.diagnostics)).toContain('***');
  });
});

describe.skipIf(!engineForTests)(`results kept by content${engineSkip}`, () => {
  /** Renders, changes something, renders again, and tells whether the second result shows it. */
  async function sees(platform: ResolvedPlatform, path: string, text: string): Promise<boolean> {
    const before = JSON.stringify(toList(await render(platform)));
    await files({ [path]: text });
    // An edit within the clock's resolution must be seen too: content counts, not times.
    await utimes(join(dir, path), 1, 1);
    return JSON.stringify(toList(await render(platform))) !== before;
  }

  test('a change in any file that a result depends on is seen', async () => {
    await files({
      'c/Chart.yaml': chartFile,
      'c/templates/a.yaml': config('a', '  a: {{ .Values.a | quote }}\n  f: {{ .Files.Get "extra.txt" | quote }}'),
      'c/values.yaml': 'a: 1\n',
      'c/extra.txt': 'x',
      'v.yaml': '{}',
      'base/kustomization.yaml': 'resources: [b.yaml]\n',
      'base/b.yaml': config('b'),
      'part/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{ path: p.yaml }]\n',
      'part/p.yaml': config('b', '  p: "1"'),
      'over/kustomization.yaml': 'resources: [../base]\ncomponents: [../part]\nconfigMapGenerator: [{ name: g, files: [key=k.txt], envs: [e.env] }]\npatches: [{ path: p.yaml }]\n',
      'over/k.txt': 'k',
      'over/e.env': 'A=1\n',
      'over/p.yaml': config('b', '  o: "1"'),
      'm.yaml': config('m'),
    });
    await symlink('../m.yaml', join(dir, 'c', 'linked.txt'));
    const charted = platformIn({ web: chart({ files: [join(dir, 'v.yaml')] }) });
    const over = platformIn({ web: { source: { kind: 'kustomization', path: join(dir, 'over') } } });
    const plain = platformIn({ web: { source: { kind: 'manifests', paths: [join(dir, 'm.yaml')] } } });
    expect(await sees(charted, 'c/values.yaml', 'a: 2\n')).toBe(true);
    expect(await sees(charted, 'c/extra.txt', 'y')).toBe(true);
    expect(await sees(charted, 'v.yaml', 'a: 3\n')).toBe(true);
    expect(await sees(over, 'base/b.yaml', config('b', '  x: "1"'))).toBe(true);
    expect(await sees(over, 'part/p.yaml', config('b', '  p: "2"'))).toBe(true);
    expect(await sees(over, 'over/k.txt', 'changed')).toBe(true);
    expect(await sees(over, 'over/e.env', 'A=2\n')).toBe(true);
    expect(await sees(over, 'over/p.yaml', config('b', '  o: "2"'))).toBe(true);
    expect(await sees(plain, 'm.yaml', config('other'))).toBe(true);
    expect(await sees(plain, 'unrelated.yaml', config('other'))).toBe(false);
  });

  test('a result that cannot be read, or a folder that cannot be written, costs nothing but time', async () => {
    await files({ 'm.yaml': config('m') });
    const platform = platformIn({ plain: { source: { kind: 'manifests', paths: [join(dir, 'm.yaml')] } } });
    const first = await render(platform);
    const [name] = await kept();
    await files({ [`.cache/mostik/render/${name}`]: '{"objects": 5' });
    expect(await render(platform)).toEqual(first);
    await rm(join(dir, '.cache'), { recursive: true });
    await files({ '.cache': 'a file stands in the way' });
    expect(await render(platform)).toEqual(first);
  });

  test('mistakes are not kept', async () => {
    await files({ 'm.yaml': 'kind: Pod\n' });
    const platform = platformIn({ plain: { source: { kind: 'manifests', paths: [join(dir, 'm.yaml')] } } });
    expect(await mistakes(platform)).toHaveLength(1);
    expect(await kept()).toEqual([]);
  });
});
