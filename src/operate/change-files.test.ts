import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { engineForTests, engineSkip } from '../render/platform.fixture.js';
import { setImage, setReplicas, setValue, type Changed } from './change-files.js';
import { imageValues, readImage } from './set-field.js';

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
      files: [values/web.yaml]   # shared
      values: { image: { tag: "1.27" } }
      secretValues: { auth.password: db }
    plain: { manifests: [plain.yaml] }
    pair: { manifests: [pair.yaml] }
    small:
      workload: { image: "nginx:1.27", port: 8080 }
  profiles:
    prod: { components: { web: { files: [values/prod.yaml] }, small: { workload: { replicas: 3 } } } }
`,
  'values/web.yaml': '# how many\nreplicas: 2\nimage:\n  repository: "team/web"   # ours\n',
  'values/prod.yaml': 'replicas: 5\n',
  'plain.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: plain\nspec:\n  selector: { matchLabels: { app: plain } }\n  template:\n    metadata: { labels: { app: plain } }\n    spec:\n      containers:\n        - name: plain\n          image: nginx:1.27   # old\n',
  'pair.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: pair }\nspec:\n  containers:\n    - { name: one, image: "one:1" }\n    - { name: two, image: "two:1" }\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'chart/values.yaml': 'image:\n  registry: docker.io\n  repository: nginx\n  tag: "1.20"\nreplicas: 1\nlevel: low\nscale: false\n',
  'chart/values.schema.json': JSON.stringify({ type: 'object', properties: { level: { enum: ['low', 'high'] } } }),
  'chart/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, annotations: { level: {{ .Values.level }} } }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}", resources: { requests: { cpu: 10m } } }] }
---
apiVersion: v1
kind: Secret
metadata: { name: web }
data: { password: {{ .Values.auth.password | b64enc }} }
{{- if .Values.scale }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: {{ .Values.replicas }}
  maxReplicas: 9
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }]
{{- end }}
`,
};

describe.skipIf(!engineForTests)(`changes of the platform's files${engineSkip}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'mostik-set-'));
  beforeEach(() => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
  });
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

  const inputs = (...profiles: string[]) => ({ dir, profiles, overlays: [], sets: [] });
  /** Files that differ from how they were, and whether only this differs. */
  const differing = (): string[] => Object.keys(files).filter((path) => readFileSync(join(dir, path), 'utf8') !== files[path]);
  const became = (path: string, from: string, to: string): void => {
    expect(differing()).toEqual([path]);
    expect(readFileSync(join(dir, path), 'utf8')).toBe(files[path]!.replace(from, to));
  };
  const refused = async (work: Promise<Changed>): Promise<string> => {
    const error = await work.then(() => undefined, (reason: unknown) => reason);
    expect(differing()).toEqual([]);
    if (!(error instanceof MostikError)) throw new Error('expected a Diagnostic');
    return error.diagnostics.map(({ code, message, hint }) => `${code}: ${message} (${hint ?? ''})`).join('\n');
  };

  test('a value is written into the values file that sets it', async () => {
    expect((await setValue(inputs(), 'web.replicas=4', {})).objects).toEqual(['Deployment/shop/web']);
    became('values/web.yaml', 'replicas: 2', 'replicas: 4');
  });

  test('into the values file of a profile, inline, and for a default of the chart into the component\'s own values', async () => {
    await setValue(inputs('prod'), 'web.replicas=6', {});
    became('values/prod.yaml', 'replicas: 5', 'replicas: 6');
    writeFileSync(join(dir, 'values/prod.yaml'), files['values/prod.yaml']!);
    await setValue(inputs(), 'web.image.tag=1.28-a', {});
    became('platform.yaml', '"1.27" } }\n', '"1.28-a" } }\n');
    writeFileSync(join(dir, 'platform.yaml'), files['platform.yaml']!);
    await setValue(inputs(), 'web.level=high', {});
    became('platform.yaml', '{ image: { tag: "1.27" } }', '{ image: { tag: "1.27" }, level: high }');
  });

  test('a value of a native workload goes to the profile that sets it', async () => {
    await setReplicas(inputs('prod'), { name: 'small', replicas: 4 }, {});
    became('platform.yaml', '{ replicas: 3 }', '{ replicas: 4 }');
  });

  test('what the chart\'s schema refuses, what is no value and what a secret fills is not written', async () => {
    expect(await refused(setValue(inputs(), 'web.level=middle', {}))).toMatch(/edit-fails-check: .*platform.yaml: not written: with web.level=middle/);
    expect(await refused(setValue(inputs(), 'web.auth.password=x', {}))).toContain('field-not-set-here: component web: auth.password is not set where Mostik can write it: it is filled with secret db');
    expect(await refused(setValue(inputs(), 'plain.x=1', {}))).toContain('made of manifests, which have no values');
    expect(await refused(setValue(inputs(), 'wbe.x=1', {}))).toContain('did you mean web?');
    expect(await refused(setValue({ ...inputs(), sets: ['web.level=high'] }, 'web.level=low', {}))).toContain('--set');
  });

  test('an image is written into the parts that make it', async () => {
    await setImage(inputs(), { name: 'web', image: 'docker.io/team/web:2.0' }, {});
    became('platform.yaml', '"1.27" } }\n', '"2.0" } }\n');
    writeFileSync(join(dir, 'platform.yaml'), files['platform.yaml']!);
    await setImage(inputs(), { name: 'web', image: 'docker.io/other/web:1.27' }, {});
    became('values/web.yaml', '"team/web"', '"other/web"');
  });

  test('an image of a workload and of a manifest is one word of a file', async () => {
    await setImage(inputs(), { name: 'small', image: 'nginx:1.28' }, {});
    became('platform.yaml', '"nginx:1.27"', '"nginx:1.28"');
    writeFileSync(join(dir, 'platform.yaml'), files['platform.yaml']!);
    await setImage(inputs(), { name: 'plain', image: 'registry.example.org:5000/nginx:1.28' }, {});
    became('plain.yaml', 'nginx:1.27   # old', 'registry.example.org:5000/nginx:1.28   # old');
  });

  test('of several containers the one with this image is meant, or the named one', async () => {
    expect(await refused(setImage(inputs(), { name: 'pair', image: 'three:1' }, {}))).toContain('image-choice: component pair: three:1 may be meant for several containers: one (one:1), two (two:1)');
    await setImage(inputs(), { name: 'pair', image: 'two:2' }, {});
    became('pair.yaml', '"two:1"', '"two:2"');
  });

  test('a number of replicas that nothing says, or that an autoscaler decides, is refused', async () => {
    expect(await refused(setReplicas(inputs(), { name: 'plain', replicas: 2 }, {}))).toContain('does not say how many it has');
    writeFileSync(join(dir, 'chart/values.yaml'), files['chart/values.yaml']!.replace('scale: false', 'scale: true'));
    const error = await setReplicas(inputs(), { name: 'web', replicas: 2 }, {}).then(() => undefined, (reason: unknown) => reason as MostikError);
    expect(error?.diagnostics[0]?.code).toBe('scale-autoscaled');
    expect(error?.diagnostics[0]?.hint).toMatch(/replicas in \S*values\/web.yaml:2\S* is its least number/);
  });

  test('an alias is not changed, since it stands in several places', async () => {
    writeFileSync(join(dir, 'values/web.yaml'), 'n: &n 2\nreplicas: *n\n');
    await expect(setValue(inputs(), 'web.replicas=3', {})).rejects.toMatchObject({ diagnostics: [{ code: 'edit-not-understood' }] });
    expect(readFileSync(join(dir, 'values/web.yaml'), 'utf8')).toBe('n: &n 2\nreplicas: *n\n');
  });

  test('a platform that is code is not written; the line is named', async () => {
    const code = mkdtempSync(join(tmpdir(), 'mostik-code-'));
    writeFileSync(join(code, 'platform.ts'), "import { definePlatform } from 'mostik';\nexport default definePlatform({ apiVersion: 'mostik.dev/v1', kind: 'Platform', metadata: { name: 'code' }, spec: { components: { web: { workload: { image: 'nginx:1.27', port: 80 } } } } });\n");
    const error = await setImage({ dir: code, profiles: [], overlays: [], sets: [] }, { name: 'web', image: 'nginx:2' }, {}).then(() => undefined, (reason: unknown) => reason as MostikError);
    rmSync(code, { recursive: true });
    expect(error?.message).toContain('platform.ts is code');
    expect(error?.diagnostics[0]?.hint).toMatch(/platform.ts:2/);
  });
});

test('an image\'s name is read in parts, and only parts with a value of their own are changed', () => {
  expect(readImage('registry.example.org:5000/team/web:2@sha256:ab')).toEqual({ registry: 'registry.example.org:5000', repository: 'team/web', tag: '2', digest: 'sha256:ab' });
  expect(readImage('team/web')).toEqual({ registry: '', repository: 'team/web', tag: '', digest: '' });
  const origin = (name: string, value: string) => ({ name, value, layer: 'values file', at: { file: 'v.yaml' } });
  const by = [origin('registry', 'r.example.org'), origin('repository', 'web'), origin('tag', '1')];
  expect(imageValues(by, readImage('r.example.org/web:1'), readImage('s.example.org/web:2')).map(({ origin: { name }, value }) => `${name}=${value}`)).toEqual(['registry=s.example.org', 'tag=2']);
});
