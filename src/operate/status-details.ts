import type { Kube } from '../kube/index.js';
import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, groupOf, keyOf, refOf, type KubeObject } from '../model/index.js';
import { holdUpOf } from '../apply/index.js';
import { addressesOf, urlsOf } from './addresses.js';
import { namespacesOf, type LivePlatform } from './live-platform.js';

/** One pod, as `status` shows it. */
export interface PodLine {
  component: string;
  namespace: string;
  name: string;
  ready: number;
  containers: number;
  /** `Running`, `Pending`, `CrashLoopBackOff`, `Completed`, ... */
  state: string;
  restarts: number;
  ageSeconds: number;
  node?: string;
  /** What keeps it from being ready. */
  reason?: string;
}

/** One Service. */
export interface ServiceLine {
  component: string;
  object: string;
  type: string;
  /** Inside the cluster: its address, `None` for a headless one. */
  address: string;
  /** Outside of it. */
  external: string[];
  ports: string[];
}

/** Where a component is reached from outside. */
export interface UrlLine {
  component: string;
  object: string;
  url: string;
}

/** One PersistentVolumeClaim. */
export interface ClaimLine {
  component: string;
  object: string;
  phase: string;
  size: string;
  class: string;
}

/** One HorizontalPodAutoscaler. */
export interface ScalerLine {
  component: string;
  object: string;
  target: string;
  replicas: number;
  min: number;
  max: number;
  /** `cpu 30% of 80%`; `unknown` where nothing was measured. */
  metrics: string[];
}

/** One Certificate of cert-manager. */
export interface CertificateLine {
  component: string;
  object: string;
  ready: boolean;
  reason?: string;
  /** ISO time at which it ends. */
  ends?: string;
}

/** What runs of a platform, beside its components' health. */
export interface StatusDetails {
  pods: PodLine[];
  services: ServiceLine[];
  urls: UrlLine[];
  claims: ClaimLine[];
  autoscalers: ScalerLine[];
  certificates: CertificateLine[];
}

/** Tells what runs of a platform: its pods, and what is read here of Services, addresses, claims, autoscalers, certificates; kinds that the cluster does not have are empty. */
export async function statusDetails(kube: Kube, live: LivePlatform, found: Promise<ReadonlyMap<string, KubeObject[]>>): Promise<StatusDetails> {
  const [pods, autoscalers, certificates, claims] = await Promise.all([
    found,
    mayScale(live) ? belonging(kube, live, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' }) : [],
    belonging(kube, live, { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' }),
    listIn(kube, live, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }),
  ]);
  const all = live.components.flatMap(({ name, objects }) => objects.map((object) => ({ component: name, object })));
  const now = Date.now();
  return {
    pods: [...pods].flatMap(([component, list]) => list.map((pod) => podLine(component, pod, now))),
    services: all.filter(({ object }) => object.kind === 'Service' && object.apiVersion === 'v1').map(({ component, object }) => serviceLine(component, object)),
    urls: all.flatMap(({ component, object }) => urlsOf(object).map((url) => ({ component, object: formatRef(refOf(object)), url }))),
    claims: claims.flatMap((claim) => claimLine(claim, { live, pods })),
    autoscalers: autoscalers.map(({ component, object }) => scalerLine(component, object)),
    certificates: certificates.map(({ component, object }) => certificateLine(component, object)),
  };
}

/** API groups of Kubernetes whose objects make no autoscaler. */
const neverScaling = new Set(['', 'apps', 'batch', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'scheduling.k8s.io', 'storage.k8s.io']);

function mayScale({ objects }: LivePlatform): boolean {
  return [...objects.values()].some(({ apiVersion }) => !neverScaling.has(groupOf(apiVersion)));
}

interface Owned {
  component: string;
  object: KubeObject;
}

async function listIn(kube: Kube, live: LivePlatform, { apiVersion, kind }: { apiVersion: string; kind: string }): Promise<KubeObject[]> {
  if (!(await kube.resourceFor(apiVersion, kind))) return [];
  return (await Promise.all(namespacesOf(live.state).map(async (namespace) => (await kube.list(apiVersion, kind, { namespace })).items))).flat();
}

/** Objects of a kind that are the platform's, or that a controller made for one of its objects. */
async function belonging(kube: Kube, live: LivePlatform, kind: { apiVersion: string; kind: string }): Promise<Owned[]> {
  const owners = new Map(live.components.flatMap(({ name, objects }) => objects.flatMap((object) => [[keyOf(refOf(object)), name] as const, [object.metadata.uid ?? '', name] as const])));
  return (await listIn(kube, live, kind)).flatMap((object) => {
    const uids = object.metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
    const component = [keyOf(refOf(object)), ...uids].map((key) => owners.get(key)).find((name) => name !== undefined);
    return component === undefined ? [] : [{ component, object }];
  });
}

/** Writes one pod as a line. */
export function podLine(component: string, pod: KubeObject, now: number): PodLine {
  const statuses = asList(valueAt(pod, 'status', 'containerStatuses')).map(asDict);
  const inits = asList(valueAt(pod, 'status', 'initContainerStatuses')).map(asDict);
  const reason = holdUpOf(pod)?.reason;
  const node = asString(valueAt(pod, 'spec', 'nodeName'));
  return {
    component,
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    ready: statuses.filter(({ ready }) => ready === true).length,
    containers: asList(valueAt(pod, 'spec', 'containers')).length,
    state: podState(pod, [...inits, ...statuses]),
    restarts: [...inits, ...statuses].reduce((sum, status) => sum + (asNumber(status['restartCount']) ?? 0), 0),
    ageSeconds: ageOf(pod, now),
    ...(node === undefined ? {} : { node }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function podState(pod: KubeObject, statuses: readonly Record<string, unknown>[]): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  const waiting = statuses.map((status) => asString(valueAt(status, 'state', 'waiting', 'reason'))).find((reason) => reason !== undefined && reason !== 'PodInitializing');
  if (waiting !== undefined) return waiting;
  const phase = asString(valueAt(pod, 'status', 'phase')) ?? 'Unknown';
  return phase === 'Succeeded' ? 'Completed' : phase;
}

function ageOf(object: KubeObject, now: number): number {
  const born = Date.parse(asString(object.metadata['creationTimestamp']) ?? '');
  return Number.isNaN(born) ? 0 : Math.max(0, Math.round((now - born) / 1000));
}

function serviceLine(component: string, service: KubeObject): ServiceLine {
  const ports = asList(valueAt(service, 'spec', 'ports')).map((port) => {
    const map = asDict(port);
    const word = (key: string): string | undefined => asString(map[key]) ?? asNumber(map[key])?.toString();
    const [number = '', target = number, node, protocol = 'TCP'] = [word('port'), word('targetPort'), word('nodePort'), word('protocol')];
    return `${number}${target === number ? '' : ` to ${target}`}${node === undefined ? '' : `, node ${node}`}${protocol === 'TCP' ? '' : ` ${protocol}`}`;
  });
  return { component, object: formatRef(refOf(service)), type: asString(valueAt(service, 'spec', 'type')) ?? 'ClusterIP', address: asString(valueAt(service, 'spec', 'clusterIP')) ?? asString(valueAt(service, 'spec', 'externalName')) ?? '', external: addressesOf(service), ports };
}

function claimLine(claim: KubeObject, { live, pods }: { live: LivePlatform; pods: ReadonlyMap<string, KubeObject[]> }): ClaimLine[] {
  const isUsed = (pod: KubeObject): boolean => pod.metadata.namespace === claim.metadata.namespace && asList(valueAt(pod, 'spec', 'volumes')).some((volume) => valueAt(volume, 'persistentVolumeClaim', 'claimName') === claim.metadata.name);
  const isOf = (object: KubeObject): boolean => keyOf(refOf(object)) === keyOf(refOf(claim)) || isClaimOfSet(claim, object);
  const component = live.components.find(({ name, objects }) => objects.some(isOf) || (pods.get(name) ?? []).some(isUsed));
  if (!component) return [];
  const size = asString(valueAt(claim, 'status', 'capacity', 'storage')) ?? asString(valueAt(claim, 'spec', 'resources', 'requests', 'storage')) ?? '';
  return [{ component: component.name, object: formatRef(refOf(claim)), phase: asString(valueAt(claim, 'status', 'phase')) ?? 'Pending', size, class: asString(valueAt(claim, 'spec', 'storageClassName')) ?? '' }];
}

/** Claims of a StatefulSet are named `TEMPLATE-SET-NUMBER`, and stay when it is scaled down. */
function isClaimOfSet({ metadata }: KubeObject, set: KubeObject): boolean {
  if (set.kind !== 'StatefulSet' || set.metadata.namespace !== metadata.namespace) return false;
  return asList(valueAt(set, 'spec', 'volumeClaimTemplates')).some((template) => {
    const prefix = `${asString(valueAt(template, 'metadata', 'name')) ?? ''}-${set.metadata.name}-`;
    return metadata.name.startsWith(prefix) && /^\d+$/.test(metadata.name.slice(prefix.length));
  });
}

function scalerLine(component: string, scaler: KubeObject): ScalerLine {
  const current = asList(valueAt(scaler, 'status', 'currentMetrics'));
  const metrics = asList(valueAt(scaler, 'spec', 'metrics')).map((metric, i) => {
    const type = asString(asDict(metric)['type']) ?? '';
    const field = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
    const wanted = asDict(valueAt(metric, field, 'target'));
    const now = asDict(valueAt(current[i], field, 'current'));
    const name = asString(valueAt(metric, field, 'name')) ?? asString(valueAt(metric, field, 'metric', 'name')) ?? type;
    return `${name} ${amount(now)} of ${amount(wanted)}`;
  });
  const replicas = asNumber(valueAt(scaler, 'status', 'currentReplicas')) ?? 0;
  const target = asDict(valueAt(scaler, 'spec', 'scaleTargetRef'));
  return { component, object: formatRef(refOf(scaler)), target: `${asString(target['kind']) ?? ''}/${asString(target['name']) ?? ''}`, replicas, min: asNumber(valueAt(scaler, 'spec', 'minReplicas')) ?? 1, max: asNumber(valueAt(scaler, 'spec', 'maxReplicas')) ?? 0, metrics };
}

function amount(value: Record<string, unknown>): string {
  const percent = asNumber(value['averageUtilization']);
  if (percent !== undefined) return `${percent}%`;
  return asString(value['averageValue']) ?? asString(value['value']) ?? 'unknown';
}

function certificateLine(component: string, certificate: KubeObject): CertificateLine {
  const ready = asList(valueAt(certificate, 'status', 'conditions')).map(asDict).find(({ type }) => type === 'Ready');
  const ends = asString(valueAt(certificate, 'status', 'notAfter'));
  const reason = ready?.['status'] === 'True' ? undefined : (asString(ready?.['message']) ?? 'not issued yet');
  return { component, object: formatRef(refOf(certificate)), ready: reason === undefined, ...(reason === undefined ? {} : { reason }), ...(ends === undefined ? {} : { ends }) };
}
