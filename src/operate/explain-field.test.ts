import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import type { KubeObject } from '../model/index.js';
import { readPlatform, renderOnly } from '../pipeline.js';
import { engineForTests, engineSkip } from '../render/platform.fixture.js';
import { explainFieldText } from '../views/explain-field.js';
import { plainLook } from '../views/look.js';
import { explainField } from './explain-field.js';
import { findField } from './explain-object.js';
import { ownersAt } from './live-field.js';

const files: Record<string, string> = {
  'platform.yaml': `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: demo }
spec:
  namespace: shop
  secrets:
    db: { generate: { length: 24 } }
  components:
    web:
      chart: chart
      files: [values/web.yaml]
      values: { image: { tag: "1.28" } }
      secretValues: { auth.password: db }
    plain:
      manifests: [plain.yaml]
    small:
      workload: { image: nginx:1.27, port: 8080, env: { MODE: fast, PASSWORD: { secret: db } } }
  profiles:
    prod: { components: { web: { files: [values/prod.yaml] }, small: { workload: { replicas: 3 } } } }
`,
  'values/web.yaml': 'replicas: 2\nextra:\n  - name: A\n    value: one\n  - name: B\n    value: two\n',
  'values/prod.yaml': 'replicas: 5\n',
  'plain.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  mode: fast\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: more\n  namespace: other\ndata:\n  a: b\n---\n{ apiVersion: v1, kind: ConfigMap, metadata: { name: twin } }\n---\n{ apiVersion: v1, kind: ConfigMap, metadata: { name: twin, namespace: other } }\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: side, version: 1.0.0 }]\n',
  'chart/values.yaml': 'image:\n  repository: nginx\n  tag: "1.27"\nreplicas: 1\nkind: Fast\nextra: []\nside:\n  level: 3\n',
  'chart/values.schema.json': JSON.stringify({ type: 'object', properties: { kind: { enum: ['Fast', 'Slow'] } } }),
  'chart/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  annotations: { kind: {{ .Values.kind }}, fixed: always }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          env:
            {{- range .Values.extra }}
            - { name: {{ .name }}, value: {{ .value }} }
            {{- end }}
---
apiVersion: v1
kind: Secret
metadata: { name: web }
data: { password: {{ .Values.auth.password | b64enc }} }
`,
  'chart/charts/side/Chart.yaml': 'apiVersion: v2\nname: side\nversion: 1.0.0\n',
  'chart/charts/side/values.yaml': 'level: 1\nname: side\n',
  'chart/charts/side/templates/side.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: side }\ndata: { level: "{{ .Values.level }}", name: {{ .Values.name }} }\n',
};

describe.skipIf(!engineForTests)(`where a field comes from${engineSkip}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'mostik-explain-'));
  beforeAll(() => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
  });
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

  async function explain(object: string, field: string, { profiles = [], sets = [] }: { profiles?: string[]; sets?: string[] } = {}) {
    const platform = await readPlatform({ dir, profiles, overlays: [], sets });
    const { desired } = await renderOnly(platform);
    return explainField(platform, desired, { object, field, engine: engineForTests! });
  }
  /** `NAME LAYER FILE:LINE`. */
  const origins = async (...given: Parameters<typeof explain>): Promise<string[]> =>
    (await explain(...given)).by.map(({ name, layer, at }) => `${name} ${layer} ${'file' in at ? `${at.file.replace(`${dir}/`, '')}:${at.line ?? ''}` : ''}`);

  test('each value that makes it up is named with its layer: chart default, inline value, values file, profile, --set', async () => {
    expect(await origins('deploy/web', 'spec.template.spec.containers[web].image')).toEqual(['image.tag inline values platform.yaml:12', 'image.repository chart default chart/values.yaml:2']);
    expect(await origins('Deployment/shop/web', 'spec.replicas')).toEqual(['replicas values file values/web.yaml:1']);
    const prod = await explain('deployments/web', 'spec.replicas', { profiles: ['prod'] });
    expect(prod.by).toMatchObject([{ name: 'replicas', value: 5, layer: 'values file', at: { file: join(dir, 'values/prod.yaml'), line: 1 }, namedAt: { line: 19 } }]);
    expect(await origins('deploy/web', 'spec.replicas', { sets: ['web.replicas=9'] })).toEqual(['replicas --set --set web.replicas=9:']);
  });

  test('values in lists, of subcharts, and those that only some words are right for', async () => {
    expect(await origins('deploy/web', 'spec.template.spec.containers[web].env[B].value')).toEqual(['extra[1].value values file values/web.yaml:6']);
    expect((await explain('deploy/web', 'spec.template.spec.containers[web].env[B].value')).presence.map(({ name }) => name)).toEqual(['extra[1].name']);
    expect(await origins('cm/side', 'data.level')).toEqual(['side.level chart default chart/values.yaml:8']);
    expect(await origins('cm/side', 'data.name')).toEqual(['side.name chart default chart/charts/side/values.yaml:2']);
    const kind = await explain('deploy/web', 'metadata.annotations.kind');
    expect([kind.by, kind.notes]).toEqual([[], ['no value changes it: the template says it', 'could not be tried, since the chart refuses other values: kind']]);
  });

  test('what the template says itself, the release name, the namespace, and labels of Mostik', async () => {
    const fixed = await explain('deploy/web', 'metadata.annotations.fixed');
    expect(fixed).toMatchObject({ by: [], source: 'chart' });
    expect(fixed.notes[0]).toBe('no value changes it: the template says it');
    expect(await origins('deploy/web', 'metadata.name')).toEqual(['release name platform file platform.yaml:9']);
    expect(await origins('deploy/web', 'metadata.namespace')).toEqual(['namespace platform file platform.yaml:5']);
    expect((await explain('deploy/web', 'metadata.labels[mostik.dev/platform]')).notes).toEqual(["Mostik puts this label on every object: the platform's name, demo"]);
    expect((await explain('deploy/web', 'spec.replicas')).written).toEqual({ file: join(dir, 'chart/templates/web.yaml'), line: 7 });
  });

  test('a secret is named and never shown', async () => {
    const found = await explain('Secret/web', 'data.password');
    expect(found).toMatchObject({ secrets: ['db'], by: [{ name: 'auth.password', layer: 'secret db', value: '***' }] });
    expect(JSON.stringify(found)).not.toContain('standInFor');
    const env = await explain('Secret/small-env', 'data.PASSWORD');
    expect(env.by.map(({ name }) => name)).toEqual(['secret db']);
    expect(JSON.stringify(env)).not.toContain('standInFor');
  });

  test('native workloads lead to their line in the platform file', async () => {
    expect(await origins('deploy/small', 'spec.template.spec.containers[small].image')).toEqual(['workload.image platform file platform.yaml:17']);
    expect(await origins('svc/small', 'spec.ports[http].targetPort')).toEqual([]);
    expect(await origins('deploy/small', 'spec.replicas', { profiles: ['prod'] })).toEqual(['workload.replicas platform file platform.yaml:19']);
    expect(await origins('deploy/small', 'spec.template.spec.containers[small].env[MODE].value')).toEqual(['workload.env.MODE platform file platform.yaml:17']);
  });

  test('manifests lead to their own line', async () => {
    expect((await explain('ConfigMap/more', 'data.a')).written).toMatchObject({ file: join(dir, 'plain.yaml'), line: 14 });
    expect(explainFieldText({ explanation: await explain('ConfigMap/settings', 'data.mode') }, plainLook).replaceAll(dir, '')).toBe('ConfigMap/shop/settings  data.mode\n  = fast\n  component plain, manifests\n\nWritten in\n  /plain.yaml:6:9');
  });

  test('what is not there is told with the nearest right name', async () => {
    const message = async (...given: Parameters<typeof explain>): Promise<string> => explain(...given).then(() => '', (error: unknown) => (error instanceof MostikError ? error.diagnostics.map(({ message: text, hint }) => `${text} (${hint})`).join() : String(error)));
    expect(await message('Deployment/wep', 'spec')).toBe('Deployment/wep: this platform has no such object (did you mean Deployment/shop/web?)');
    expect(await message('Service/web', 'spec')).toMatch(/^Service\/web: this platform has no such object \(did you mean /);
    expect(await message('deploy/web', 'spec.template.spec.containers[wep].image')).toBe('deploy/web: it has no field spec.template.spec.containers[wep].image: spec.template.spec.containers has web (did you mean web?)');
    expect(await message('cm/twin', 'data')).toBe('cm/twin: more than one object is called so: ConfigMap/other/twin, ConfigMap/shop/twin (name the namespace: Kind/namespace/name)');
    expect(await message('deploy/web', 'status')).toMatch(/--live shows fields that others set/);
  });
});

test('fields are read by name, by place and in quotes', () => {
  const object = { spec: { list: [{ name: 'a', x: 1 }, { name: 'b.c', x: 2 }] }, metadata: { labels: { 'a.b/c': 'd' } } };
  expect(findField(object, 'spec.list[b.c].x')).toEqual({ path: ['spec', 'list', 1, 'x'], value: 2 });
  expect(findField(object, 'spec.list[0].x')?.value).toBe(1);
  expect(findField(object, 'spec.list.1.x')?.value).toBe(2);
  expect(findField(object, 'metadata.labels["a.b/c"]')?.value).toBe('d');
  expect(findField(object, 'metadata.labels[a.b/c]')?.value).toBe('d');
  expect(findField(object, 'spec.list[c]')).toBeUndefined();
});

test('the owners of a field are those whose entries reach it, by key and as a whole', () => {
  const object: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      managedFields: [
        { manager: 'mostik', operation: 'Apply', time: 't', fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {} } } } } } } },
        { manager: 'kubectl', operation: 'Update', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        { manager: 'other', operation: 'Update', fieldsV1: { 'f:spec': { 'f:selector': {} } } },
      ],
    },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [{ name: 'side' }, { name: 'web', image: 'x' }] } } },
  };
  const names = (...path: (string | number)[]) => ownersAt(object, path).map(({ manager, whole }) => `${manager}${whole ? ` of ${whole}` : ''}`);
  expect(names('spec', 'replicas')).toEqual(['mostik', 'kubectl']);
  expect(names('spec', 'template', 'spec', 'containers', 1, 'image')).toEqual(['mostik']);
  expect(names('spec', 'template', 'spec', 'containers', 0)).toEqual([]);
  expect(names('spec', 'selector', 'matchLabels', 'app')).toEqual(['other of spec.selector']);
});
