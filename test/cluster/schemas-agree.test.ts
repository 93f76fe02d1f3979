import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { desired } from '../../src/check/objects.fixture.js';
import { schemas } from '../../src/check/schemas.js';
import { MostikError } from '../../src/diagnostics/index.js';
import { connect, type Kube } from '../../src/kube/index.js';
import { asDict, isDict, valueAt } from '../../src/lib/read-unknown.js';
import { isKubeObject, type FieldPath, type KubeObject } from '../../src/model/index.js';
import { platformOf } from '../../src/render/platform.fixture.js';
import { noApiServer, startApiServer, type ApiServer } from './api-server.js';

const read = (path: string): KubeObject[] => parseAllDocuments(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')).flatMap((document) => {
  const data: unknown = 'toJS' in document ? document.toJS() : undefined;
  return isKubeObject(data) ? [data] : [];
});
const samples = ['api.yaml', 'api-access.yaml', 'api-scaling.yaml'].flatMap((name) => read(`../samples/check/base/k8s/${name}`)).filter(({ apiVersion }) => !/bitnami|monitoring/.test(apiVersion));
const clusterScoped = new Set(['StorageClass', 'PriorityClass', 'IngressClass', 'ClusterRole', 'CustomResourceDefinition', 'ValidatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'PersistentVolume', 'RuntimeClass']);

/** Good objects of every kind that platforms commonly have, with most of their fields. */
const good: KubeObject[] = [...samples, ...read('schemas-agree.yaml')].map((object) => ({ ...object, metadata: { ...object.metadata, ...(clusterScoped.has(object.kind) ? {} : { namespace: 'default' }) } }));

interface Mutation {
  what: string;
  object: KubeObject;
}

/** Every field taken away, given another type, and every map with a field that is none. */
function mutations(object: KubeObject): Mutation[] {
  const found: Mutation[] = [];
  const changed = (path: FieldPath, change: (above: Record<string | number, unknown>, key: string | number) => void): KubeObject => {
    const copy = structuredClone(object);
    change(valueAt(copy, ...path.slice(0, -1)) as Record<string | number, unknown>, path[path.length - 1]!);
    return copy;
  };
  const visit = (value: unknown, path: FieldPath): void => {
    const what = `${object.kind} ${path.join('.')}`;
    if (path.length > 1 || (path.length === 1 && path[0] !== 'apiVersion' && path[0] !== 'kind' && path[0] !== 'metadata')) {
      if (typeof path[path.length - 1] === 'string') found.push({ what: `without ${what}`, object: changed(path, (above, key) => { delete above[key]; }) });
      found.push({ what: `${what} of another type`, object: changed(path, (above, key) => (above[key] = otherType(value))) });
    }
    if (isDict(value)) {
      if (path.length > 0) found.push({ what: `${what}.nonsense`, object: changed([...path, 'nonsense'], (above, key) => (above[key] = 'x')) });
      for (const [key, entry] of Object.entries(value)) if (path.length > 0 || (key !== 'apiVersion' && key !== 'kind')) visit(entry, [...path, key]);
    } else if (Array.isArray(value)) value.forEach((entry, i) => visit(entry, [...path, i]));
  };
  visit(object, []);
  return found.filter((mutation) => isKubeObject(mutation.object));
}

function otherType(value: unknown): unknown {
  if (typeof value === 'string') return 17;
  if (typeof value === 'number' || typeof value === 'boolean') return 'x';
  return Array.isArray(value) ? { a: 1 } : 'x';
}

describe.skipIf(noApiServer)('the shipped schemas agree with the API server', () => {
  let server: ApiServer;
  let kube: Kube;
  beforeAll(async () => {
    server = await startApiServer();
    kube = await connect({ kubeconfig: server.kubeconfig });
  });
  afterAll(async () => {
    kube.close();
    await server.stop();
  });

  /** Why the server refuses an object; undefined when it does not. */
  async function refusal(object: KubeObject): Promise<string | undefined> {
    try {
      await kube.create(object, { dryRun: true });
      return undefined;
    } catch (error) {
      if (error instanceof MostikError) return error.message;
      throw error;
    }
  }

  it('on objects that are right', async () => {
    expect(good.length).toBeGreaterThanOrEqual(25);
    expect(await schemas(platformOf({}), desired(...good))).toEqual([]);
    for (const object of good) expect(await refusal(object), `${object.kind}/${object.metadata.name}`).toBeUndefined();
  });

  it('on fields that are missing, misspelt or of another type: what the schema refuses, the server refuses; what the server cannot read, the schema refuses', async () => {
    const all = good.flatMap(mutations);
    expect(all.length).toBeGreaterThan(1000);
    const wrong: string[] = [];
    const ask = async ({ what, object }: Mutation): Promise<void> => {
      const ours = (await schemas(platformOf({}), desired(object))).filter(({ severity }) => severity === 'error').map(({ message }) => message);
      const theirs = await refusal(object);
      if (ours.length > 0 && theirs === undefined) wrong.push(`only here: ${what}: ${ours.join('; ')}`);
      if (ours.length === 0 && theirs !== undefined && /unknown field|cannot unmarshal|unmarshalerDecoder|ReadString|readUint|decode/i.test(theirs)) wrong.push(`only there: ${what}: ${theirs}`);
    };
    for (let i = 0; i < all.length; i += 20) await Promise.all(all.slice(i, i + 20).map(ask));
    expect(wrong).toEqual([]);
    expect(asDict(good[0])['kind']).toBe('Deployment');
  });
});
