import type { Kube } from '../kube/index.js';
import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { labels, modelLabels, type KubeObject } from '../model/index.js';
import type { Target } from './target.js';

/** A model in the cluster. */
export interface LiveModel {
  component: string;
  name: string;
  version: string;
  runtime: string;
  /** Percent of the requests for the name that this version is declared to answer. */
  traffic: number;
  /** The component that answers for it. */
  server: string;
  ready: 'ready' | 'not ready' | 'unknown';
  /** In words, when it is not ready. */
  reason: string;
  /** Where it answers a POST: below its Ingress, else at its Service. */
  url: string;
}

interface Asking {
  target: Target;
  platform: string;
  signal: AbortSignal;
}

const inferenceService = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService' };

/** Lists the models of a platform by name and version, and asks for each whether it answers. */
export async function listModels(target: Target, platform: string, signal: AbortSignal): Promise<LiveModel[]> {
  const { kube } = target;
  const labelSelector = `${labels.platform}=${platform},${modelLabels.name}`;
  const meshed = (await kube.resourceFor(inferenceService.apiVersion, inferenceService.kind)) !== undefined;
  const [mesh, carriers] = await Promise.all([
    meshed ? kube.list(inferenceService.apiVersion, inferenceService.kind, { labelSelector, signal }).then(({ items }) => items) : [],
    kube.list('v1', 'ConfigMap', { labelSelector, signal }).then(({ items }) => items),
  ]);
  // For ModelMesh the ConfigMap only brought the file.
  const own = carriers.filter((carrier) => !mesh.some((model) => labelOf(model, modelLabels.name) === labelOf(carrier, modelLabels.name)));
  const models = await Promise.all([...mesh, ...own].map((object) => liveModel(object, { target, platform, signal })));
  return models.sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

function labelOf({ metadata }: KubeObject, name: string): string {
  return metadata.labels?.[name] ?? '';
}

async function liveModel(object: KubeObject, asking: Asking): Promise<LiveModel> {
  const [component, name, version, runtime, server] = [labels.component, modelLabels.name, modelLabels.version, modelLabels.runtime, modelLabels.server].map((label) => labelOf(object, label)) as [string, string, string, string, string];
  const namespace = object.metadata.namespace ?? '';
  const health = object.kind === inferenceService.kind ? meshHealth(object) : await serverHealth({ name, version, server, namespace }, asking);
  const traffic = Number(labelOf(object, modelLabels.traffic) || 100);
  return { component, name, version, runtime, traffic, server, ...health, url: `${await baseOf(server, namespace, asking)}/v2/models/${name}/infer` };
}

type ModelHealth = Pick<LiveModel, 'ready' | 'reason'>;

function meshHealth(object: KubeObject): ModelHealth {
  const condition = asList(valueAt(object, 'status', 'conditions')).map(asDict).find(({ type }) => type === 'Ready');
  if (!condition) return { ready: 'unknown', reason: 'its controller has said nothing yet' };
  if (condition['status'] === 'True') return { ready: 'ready', reason: '' };
  return { ready: 'not ready', reason: asString(condition['message']) ?? asString(condition['reason']) ?? 'its controller gives no reason' };
}

/** The server itself is asked: a model that could not be loaded is told by it alone. */
async function serverHealth({ name, version, server, namespace }: { name: string; version: string; server: string; namespace: string }, { target, signal }: Asking): Promise<ModelHealth> {
  if (target.simulated) return { ready: 'unknown', reason: 'simulated: containers do not run' };
  try {
    const answer = await target.kube.readService({ apiVersion: 'v1', kind: 'Service', namespace, name: server }, `/v2/models/${name}/versions/${version}/ready`, { signal });
    return answer === undefined ? { ready: 'not ready', reason: `there is no Service ${server}` } : { ready: 'ready', reason: '' };
  } catch (error) {
    signal.throwIfAborted();
    return { ready: 'not ready', reason: `${server} does not answer for it: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function baseOf(server: string, namespace: string, { target: { kube }, platform, signal }: Asking): Promise<string> {
  const labelSelector = `${labels.platform}=${platform},${labels.component}=${server}`;
  const { items } = await kube.list('networking.k8s.io/v1', 'Ingress', { labelSelector, signal });
  const host = items.flatMap((ingress) => asList(valueAt(ingress, 'spec', 'rules')).flatMap((rule) => asString(asDict(rule)['host']) ?? []))[0];
  if (host !== undefined) return `${items.some((ingress) => valueAt(ingress, 'spec', 'tls') !== undefined) ? 'https' : 'http'}://${host}`;
  return `http://${server}.${namespace}.svc:${await portOf(kube, server, namespace)}`;
}

async function portOf(kube: Kube, name: string, namespace: string): Promise<number> {
  const service = await kube.get({ apiVersion: 'v1', kind: 'Service', namespace, name });
  return asNumber(asDict(asList(valueAt(service, 'spec', 'ports'))[0])['port']) ?? 80;
}
