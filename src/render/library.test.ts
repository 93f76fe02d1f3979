import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatLocation, MostikError } from '../diagnostics/index.js';
import { packageRoot } from '../lib/version.js';
import { standIns, type Desired, type ResolvedComponent } from '../model/index.js';
import { renderPlatform } from './index.js';
import { engineForTests, engineSkip, platformOf } from './platform.fixture.js';

let dir: string;
let cache: string | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mostik-library-'));
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

async function render(given: Partial<ResolvedComponent>, path = join(dir, 'lib')): Promise<Desired> {
  const platform = platformOf({ web: { source: { kind: 'chart', path }, ...given } }, { dir });
  return renderPlatform(platform, { engine: engineForTests!, secrets: standIns(platform), cwd: dir });
}

async function mistakes(given: Partial<ResolvedComponent>, path?: string): Promise<string[]> {
  const error: unknown = await render(given, path).then(() => undefined, (thrown: unknown) => thrown);
  if (!(error instanceof MostikError)) throw new Error('it rendered, or failed in another way', { cause: error });
  return error.diagnostics.map(({ code, message, at }) => `${code} ${at ? formatLocation(at) : ''} | ${message}`);
}

const about = 'apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n';
const library = {
  'lib/Chart.yaml': about,
  'lib/values.yaml': 'greeting: hello\nport: 80\n',
  'lib/values.schema.json': JSON.stringify({ type: 'object', additionalProperties: false, properties: { greeting: { type: 'string' }, port: { type: 'integer' }, global: {}, part: {} } }),
  'lib/templates/_all.tpl': `{{- define "lib.all" -}}
apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-{{ .Chart.Name }}" }
data: { text: "{{ .Values.lib.greeting }} {{ .Values.lib.port }}" }
{{- end -}}
`,
};
const dataOf = ({ objects }: Desired) => objects.map(({ object }) => [object.metadata.name, object['data']]);

describe.skipIf(!engineForTests)(`a library chart as the source of a component${engineSkip}`, () => {
  test('renders NAME.all with the values as they stand, over the defaults of the library', async () => {
    await files({ ...library, 'v.yaml': 'greeting: from a file\n' });
    expect(dataOf(await render({ files: [join(dir, 'v.yaml')], values: { port: 8080 } }))).toEqual([['web-web', { text: 'from a file 8080' }]]);
  });

  test('gives the same as a chart of one\'s own that depends on it, called as the release', async () => {
    await files({ ...library, 'own/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: lib, version: 1.0.0 }]\n', 'own/values.yaml': 'lib: { port: 8080 }\n', 'own/templates/all.yaml': '{{ include "lib.all" . }}' });
    for (const [path, text] of Object.entries(library)) await files({ [`own/charts/${path}`]: text });
    expect(dataOf(await render({ values: { port: 8080 } }))).toEqual(dataOf(await render({}, join(dir, 'own'))));
  });

  test('may be packed', async () => {
    await files(library);
    execFileSync('tar', ['-czf', join(dir, 'lib-1.0.0.tgz'), '-C', dir, 'lib']);
    expect(dataOf(await render({}, join(dir, 'lib-1.0.0.tgz')))).toEqual([['web-web', { text: 'hello 80' }]]);
  });

  test('says every object of the component and every mistake in values of the line that has it', async () => {
    await files({ ...library, 'v.yaml': 'greeting: a\nprot: 1\n' });
    expect((await render({})).objects.map(({ at }) => formatLocation(at))).toEqual(['platform.yaml:1']);
    expect(await mistakes({ files: [join(dir, 'v.yaml')], values: { greeting: 5 } })).toEqual([
      'unknown-key v.yaml:2:1 | web: values: there is no key prot here',
      'bad-value platform.yaml#web.values.greeting | web: values.greeting: expected a text, got 5',
    ]);
  });

  test('says a mistake in a template of the library\'s own file, and what a template refuses of the component', async () => {
    await files({ ...library, 'lib/templates/_all.tpl': '{{- define "lib.all" -}}\n{{ .Values.lib.a.b }}\n{{- end -}}\n' });
    expect(await mistakes({})).toEqual([expect.stringMatching(/^template-error lib\/templates\/_all\.tpl:2:\d+ \| /)]);
    await files({ 'lib/templates/_all.tpl': '{{- define "lib.all" -}}\n{{ fail "no port" }}\n{{- end -}}\n' });
    expect(await mistakes({})).toEqual(['template-error platform.yaml:1 | web: no port']);
  });

  test('without NAME.all is refused, and so is one whose part is missing', async () => {
    await files({ 'lib/Chart.yaml': about, 'lib/templates/_x.tpl': '{{ define "lib.other" }}{{ end }}' });
    expect(await mistakes({})).toEqual([expect.stringMatching(/^library-incomplete platform\.yaml#web\.chart \| .*"lib\.all"/)]);
    await files({ ...library, 'lib/Chart.yaml': `${about}dependencies: [{ name: part, version: 1.0.0, repository: "file://../part" }]\n` });
    expect(await mistakes({})).toEqual([expect.stringMatching(/^library-part-missing platform\.yaml#web\.chart \| .*part, which is neither .* at file:\/\/\.\.\/part/)]);
  });

  test('takes parts from where file:// says, but from nowhere outside of the platform', async () => {
    const dependent = (repository: string) => ({ ...library, 'lib/Chart.yaml': `${about}dependencies: [{ name: part, version: 1.0.0, repository: "${repository}" }]\n`, 'lib/templates/_all.tpl': '{{ define "lib.all" }}{{ include "part.map" . }}{{ end }}' });
    await files({ ...dependent('file://../part'), 'part/Chart.yaml': 'apiVersion: v2\nname: part\nversion: 1.0.0\ntype: library\n', 'part/templates/_map.tpl': '{{ define "part.map" }}apiVersion: v1\nkind: ConfigMap\nmetadata: { name: part }\ndata: { a: b }\n{{ end }}' });
    expect(dataOf(await render({}))).toEqual([['part', { a: 'b' }]]);
    await files(dependent(`file://${join(packageRoot, 'charts/mostik-service')}`));
    expect(await mistakes({})).toEqual([expect.stringContaining('library-part-missing')]);
  });

  test('is written to the cache once, and again when a file of it changes', async () => {
    await files(library);
    const kept = () => readdir(join(dir, '.cache/mostik/charts'));
    await render({});
    await render({ values: { port: 1 } });
    expect(await kept()).toHaveLength(1);
    await files({ 'lib/values.yaml': 'greeting: other\nport: 1\n' });
    expect(dataOf(await render({}))).toEqual([['web-web', { text: 'other 1' }]]);
    expect(await kept()).toHaveLength(2);
  });

  test('comes with Mostik under its name, and its files are no inputs of the platform', async () => {
    const service = { image: { repository: 'example/a', tag: '1' }, resources: { requests: { cpu: 1, memory: '1Mi' }, limits: { cpu: 1, memory: '1Mi' } } };
    const { objects } = await render({ values: service }, join(packageRoot, 'charts/python-fastapi-service'));
    expect(objects.map(({ object }) => `${object.kind} ${object.metadata.name}`).sort()).toEqual(['Deployment web', 'PodDisruptionBudget web', 'Service web', 'ServiceAccount web']);
  });
});
