import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asDict, asList, valueAt } from '../lib/read-unknown.js';
import { modelLabels, type ComponentSource, type KubeObject, type ModelServerSource, type ResolvedModel } from '../model/index.js';
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

/** A server with a model in several versions: what its pods read, by path. */
async function divided(shares: Record<string, number>): Promise<{ carriers: KubeObject[]; files: Record<string, string>; deployment: string }> {
  const versions = Object.entries(shares).map(([version, traffic]): [string, { source: ComponentSource }] => {
    const file = join(dir, `iris-${version}.joblib`);
    writeFileSync(file, version);
    return [`iris-${version}`, { source: { kind: 'model', model: { name: 'iris', version, runtime: 'sklearn', file, server: 'models', traffic } } }];
  });
  const platform = platformOf({ ...Object.fromEntries(versions), models: { namespace: 'serving', source: { kind: 'model-server', server: mlserver } } });
  const objects = (await Promise.all(platform.components.map((component) => modelDrafts(platform, component)))).flat().map(({ object }) => object);
  const carriers = objects.filter(({ kind }) => kind === 'ConfigMap');
  const deployment = objects.find(({ kind }) => kind === 'Deployment')!;
  const pod = valueAt(deployment, 'spec', 'template', 'spec');
  const mounts = new Map(asList(valueAt(pod, 'containers', 0, 'volumeMounts')).map(asDict).map(({ name, mountPath }) => [name, String(mountPath)]));
  const files: Record<string, string> = {};
  for (const { name, configMap } of asList(valueAt(pod, 'volumes')).map(asDict)) {
    const carrier = carriers.find(({ metadata }) => metadata.name === asDict(configMap)['name']);
    for (const [file, text] of Object.entries(asDict(valueAt(carrier, 'data')))) files[`${mounts.get(name)}/${file}`] = String(text);
  }
  return { carriers, files, deployment: JSON.stringify(deployment) };
}

it('puts the versions of a model beside each other, and what divides the requests beside them', async () => {
  const { carriers, files } = await divided({ 1: 70, '2.1-rc': 30 });
  expect(Object.keys(files).sort()).toEqual(['1/model-settings.json', '2.1-rc/model-settings.json', '~traffic/model-settings.json', '~traffic/mostik_traffic.py'].map((path) => `/mnt/models/iris/${path}`));
  expect(JSON.parse(files['/mnt/models/iris/2.1-rc/model-settings.json']!)).toMatchObject({ name: 'iris', implementation: 'mlserver_sklearn.SKLearnModel', parameters: { version: '2.1-rc' } });
  expect(JSON.parse(files['/mnt/models/iris/~traffic/model-settings.json']!)).toEqual({
    name: 'iris',
    implementation: 'mostik_traffic.Division',
    parameters: { version: '~traffic', extra: { shares: [{ version: '1', traffic: 70 }, { version: '2.1-rc', traffic: 30 }] } },
  });
  expect(carriers.map(({ metadata, immutable }) => [metadata.labels?.[modelLabels.traffic], immutable])).toEqual([['70', true], ['30', true], [undefined, true]]);
});

it('rolls the pods out for another share, which leaves the versions as they are', async () => {
  const [before, after, again] = [await divided({ 1: 70, 2: 30 }), await divided({ 1: 50, 2: 50 }), await divided({ 1: 70, 2: 30 })];
  const names = ({ carriers }: { carriers: KubeObject[] }): string[] => carriers.map(({ metadata }) => metadata.name);
  expect(names(after).slice(0, 2)).toEqual(names(before).slice(0, 2));
  expect(names(after)[2]).not.toBe(names(before)[2]);
  expect(after.deployment).not.toBe(before.deployment);
  expect(again).toEqual(before);
});

it('sorts what divides the requests behind every version, since MLServer sends requests to the last one', async () => {
  const { files } = await divided({ 9: 50, z: 50 });
  const version = String(valueAt(JSON.parse(files['/mnt/models/iris/~traffic/model-settings.json']!), 'parameters', 'version'));
  for (const letter of '0123456789abcdefghijklmnopqrstuvwxyz.-') expect(version > letter).toBe(true);
  expect(Number.isNaN(Number(version))).toBe(true);
});
