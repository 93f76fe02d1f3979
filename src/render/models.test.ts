import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asDict, asList, valueAt } from '../lib/read-unknown.js';
import { modelLabels, type ModelServerSource, type ResolvedModel } from '../model/index.js';
import type { Draft } from './draft.js';
import { modelDrafts } from './models.js';
import { platformOf } from './platform.fixture.js';

let dir: string;
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'mostik-models-')); });
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

const mlserver: ModelServerSource = { kind: 'mlserver', image: 'mlserver:1', port: 8008, replicas: 1 };
const mesh: ModelServerSource = { ...mlserver, kind: 'modelmesh', store: { endpoint: 'http://minio:9000', bucket: 'models', region: 'us-east-1', secret: 'minio', key: 'models', curl: 'curlimages/curl:8.14.1' } };

async function draftsOf(server: ModelServerSource, { content = 'one', version = '1' } = {}): Promise<Record<string, Draft>> {
  const file = join(dir, 'iris.joblib');
  writeFileSync(file, content);
  const model: ResolvedModel = { name: 'iris', version, runtime: 'sklearn', file, server: 'models' };
  const platform = platformOf({
    iris: { source: { kind: 'model', model } },
    models: { namespace: 'serving', source: { kind: 'model-server', server }, expose: { host: 'ml.example.org', path: '/v2', class: 'traefik' } },
  });
  const all = await Promise.all(platform.components.map((component) => modelDrafts(platform, component)));
  return Object.fromEntries(all.flat().map((draft) => [draft.object.kind, draft]));
}

it('carries a model in an immutable ConfigMap in the namespace of its server, as MLServer reads it', async () => {
  const { object } = (await draftsOf(mlserver))['ConfigMap']!;
  expect(object).toMatchObject({ metadata: { namespace: 'serving', labels: { [modelLabels.name]: 'iris', [modelLabels.version]: '1' } }, immutable: true });
  expect(JSON.parse(String(valueAt(object, 'data', 'model-settings.json')))).toEqual({ name: 'iris', implementation: 'mlserver_sklearn.SKLearnModel', parameters: { uri: './iris.joblib', version: '1' } });
  expect(Buffer.from(String(valueAt(object, 'binaryData', 'iris.joblib')), 'base64').toString()).toBe('one');
});

it('gives another name to another content and to another version, which the pods of the server then mount', async () => {
  const names: string[] = [];
  for (const change of [{}, { content: 'two' }, { version: '2' }]) {
    const drafts = await draftsOf(mlserver, change);
    const carrier = drafts['ConfigMap']!.object.metadata.name;
    const volumes = asList(valueAt(drafts['Deployment']!.object, 'spec', 'template', 'spec', 'volumes')).map(asDict);
    expect(volumes[0]).toEqual({ name: 'model-iris', configMap: { name: carrier } });
    names.push(carrier);
  }
  expect(new Set(names).size).toBe(3);
  expect((await draftsOf(mlserver))['ConfigMap']!.object.metadata.name).toBe(names[0]);
});

it('keeps a pod of MLServer in service until a new one is ready', async () => {
  const { object } = (await draftsOf(mlserver))['Deployment']!;
  expect(valueAt(object, 'spec', 'strategy')).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
  expect(valueAt(object, 'spec', 'template', 'spec', 'containers', 0)).toMatchObject({ command: ['mlserver', 'start', '/mnt/models'], readinessProbe: { httpGet: { path: '/v2/health/ready' } }, lifecycle: { preStop: { sleep: { seconds: 5 } } } });
});

it('opens one port and one path, whoever answers behind it', async () => {
  for (const server of [mlserver, mesh]) {
    const { Service: service, Ingress: ingress } = await draftsOf(server);
    expect(service!.object).toMatchObject({ metadata: { name: 'models' }, spec: { ports: [{ name: 'http', port: 8008 }] } });
    expect(ingress!.object).toMatchObject({ spec: { ingressClassName: 'traefik', rules: [{ host: 'ml.example.org', http: { paths: [{ path: '/v2', backend: { service: { name: 'models', port: { number: 8008 } } } }] } }] } });
  }
  expect((await draftsOf(mesh))['Service']!.object).toMatchObject({ spec: { selector: { 'modelmesh-service': 'modelmesh-serving' }, ports: [{ targetPort: 8008 }] } });
});

it('brings the file into the bucket before ModelMesh is told of it, under a path of its content', async () => {
  const drafts = await draftsOf(mesh);
  expect(drafts['Deployment']).toBeUndefined();
  expect(drafts['ConfigMap']!.hook).toMatchObject({ events: ['pre-install', 'pre-upgrade', 'pre-rollback'], weight: -1 });
  expect(drafts['Job']!.hook).toMatchObject({ events: ['pre-install', 'pre-upgrade', 'pre-rollback'], weight: 0 });
  const { object, hook } = drafts['InferenceService']!;
  expect(hook).toBeUndefined();
  const path = String(valueAt(object, 'spec', 'predictor', 'model', 'storage', 'path'));
  expect(path).toMatch(/^iris\/1\/[0-9a-f]{10}\/iris\.joblib$/);
  expect(object).toMatchObject({ apiVersion: 'serving.kserve.io/v1beta1', metadata: { name: 'iris', namespace: 'serving', annotations: { 'serving.kserve.io/deploymentMode': 'ModelMesh' } }, spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storage: { key: 'models', parameters: { bucket: 'models' } } } } } });
  const env = asList(valueAt(drafts['Job']!.object, 'spec', 'template', 'spec', 'containers', 0, 'env')).map(asDict);
  expect(env).toContainEqual({ name: 'KEY', value: path });
  expect(env).toContainEqual({ name: 'SECRET_KEY', valueFrom: { secretKeyRef: { name: 'minio', key: 'password' } } });
});
