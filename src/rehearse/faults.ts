import { setTimeout as sleep } from 'node:timers/promises';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { applySystemObjects } from '../apply/index.js';
import { isNotFound, type Kube } from '../kube/index.js';
import { asDict, asStrings, valueAt } from '../lib/read-unknown.js';
import { refOf, type ApplyEvent, type KubeObject, type RenderedObject, type ResolvedPlatform } from '../model/index.js';

/** What is to go wrong during the rollout. */
export interface Faults {
  killNodes: readonly string[];
  /** Component, and how long its new pods take: `web`, `web=45s`. */
  slowPods: readonly string[];
  crash: readonly string[];
}

export const noFaults: Faults = { killNodes: [], slowPods: [], crash: [] };

const slowByDefault = '20s';

/** Says the faults in words, for the report. */
export function faultsText({ killNodes, slowPods, crash }: Faults): string[] {
  return [
    ...killNodes.map((node) => `node ${node} is lost with its pods during the rollout`),
    ...slowPods.map(slowPod).map(({ component, time }) => `new pods of ${component} ${time === 'never' ? 'never become ready' : `take ${time} to become ready`}`),
    ...crash.map((component) => `pods of ${component} crash again and again`),
  ];
}

function slowPod(text: string): { component: string; time: string } {
  const [component = '', time = slowByDefault] = text.split('=');
  return { component, time };
}

/** Refuses faults in what is not there, before anything is started. */
export function checkFaults({ slowPods, crash }: Faults, { components, kubernetes }: Pick<ResolvedPlatform, 'components' | 'kubernetes'>): void {
  const names = components.map(({ name }) => name);
  const asked = [...slowPods.map((text) => ({ flag: '--slow-pod', component: slowPod(text).component })), ...crash.map((component) => ({ flag: '--crash', component }))];
  const unknown = asked.filter(({ component }) => !names.includes(component)).map(({ flag, component }) => diagnose('rehearse-component-unknown', { flag, component, components: names.join(', ') }));
  if (unknown.length > 0) throw new MostikError(unknown);
  const minor = Number(kubernetes.split('.')[1]);
  if (asked[0] && minor < 36) throw new MostikError([diagnose('rehearse-fault-version', { flag: asked[0].flag, kubernetes })]);
}

/** Refuses a node that the rehearsal does not have. */
export function checkNodes({ killNodes }: Faults, nodes: readonly string[]): void {
  const unknown = killNodes.filter((node) => !nodes.includes(node));
  if (unknown.length > 0) throw new MostikError(unknown.map((node) => diagnose('rehearse-node-unknown', { node, nodes: nodes.join(', ') })));
}

/** Faults that are in place, or come when the first workload is written. */
export interface FaultPlan {
  onEvent(event: ApplyEvent): void;
  /** Lets those happen that nothing has set off, and waits for all. */
  settle(): Promise<void>;
}

/**
 * Puts faults into the throw-away cluster alone. New pods get theirs from an admission policy, so that nothing that the
 * plan knows of is another object than the real cluster's.
 */
export async function plantFaults(kube: Kube, faults: Faults, objects: readonly RenderedObject[]): Promise<FaultPlan> {
  for (const text of faults.slowPods) {
    const { component, time } = slowPod(text);
    await annotateNewPods(kube, { component, objects, annotation: 'mostik.dev/simulate-ready-after', value: time });
  }
  for (const component of faults.crash) await annotateNewPods(kube, { component, objects, annotation: 'mostik.dev/simulate-crash', value: 'true' });
  const stopper = new AbortController();
  let started: Promise<void> | undefined;
  const start = (): void => {
    started ??= letHappen(kube, { ...faults, objects, signal: stopper.signal });
    // Whoever settles is told; until then nobody listens.
    started.catch(() => undefined);
  };
  return {
    onEvent: (event) => { if (event.type === 'object' && event.phase === 'written' && workloadKinds.has(event.ref.kind)) start(); },
    settle: async () => {
      start();
      await started?.finally(() => { stopper.abort(); });
    },
  };
}

const workloadKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Job']);

async function letHappen(kube: Kube, { killNodes, crash, objects, signal }: Faults & { objects: readonly RenderedObject[]; signal: AbortSignal }): Promise<void> {
  await Promise.all([...killNodes.map((node) => killNode(kube, node, signal)), ...crash.map((component) => crashPods(kube, component, objects))]);
}

/** A node that is gone with its pods, at once: what a controller does only after minutes. */
async function killNode(kube: Kube, name: string, signal: AbortSignal): Promise<void> {
  await kube.delete({ apiVersion: 'v1', kind: 'Node', name });
  const end = (pod: KubeObject): Promise<unknown> => kube.delete(refOf(pod), { gracePeriodSeconds: 0 });
  const pods = kube.watchList('v1', 'Pod', { fieldSelector: `spec.nodeName=${name}`, signal });
  pods.done.catch(() => undefined);
  await pods.listed;
  // The scheduler gives it pods until it has heard that the node is gone: those would wait on it for ever.
  pods.onChange(({ type, object }) => { if (type === 'added') end(object).catch(() => undefined); });
  await Promise.all([...pods.objects.values()].map(end));
}

async function crashPods(kube: Kube, component: string, objects: readonly RenderedObject[]): Promise<void> {
  for (const { namespace, labels } of podsOf(component, objects)) {
    const labelSelector = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
    const { items } = await kube.list('v1', 'Pod', { namespace, labelSelector });
    const crash = (pod: KubeObject): Promise<unknown> => kube.patch(refOf(pod), { type: 'merge', body: { metadata: { annotations: { 'mostik.dev/simulate-crash': 'true' } } } });
    // A rollout may have ended some of them meanwhile.
    await Promise.all(items.map((pod) => crash(pod).catch((error: unknown) => { if (!isNotFound(error)) throw error; })));
  }
}

/** By what the pods of a component's workloads are found. */
function podsOf(component: string, objects: readonly RenderedObject[]): { namespace: string; labels: Record<string, string> }[] {
  return objects
    .filter((rendered) => rendered.component === component && workloadKinds.has(rendered.ref.kind))
    .map(({ object }) => ({ namespace: object.metadata.namespace ?? '', labels: labelsOf(object) }))
    .filter(({ labels }) => Object.keys(labels).length > 0);
}

function labelsOf(object: KubeObject): Record<string, string> {
  if (object.kind === 'Pod') return object.metadata.labels ?? {};
  const selector = asStrings(valueAt(object, 'spec', 'selector', 'matchLabels'));
  return Object.keys(selector).length > 0 ? selector : asStrings(asDict(valueAt(object, 'spec', 'template', 'metadata'))['labels']);
}

async function annotateNewPods(kube: Kube, { component, objects, annotation, value }: { component: string; objects: readonly RenderedObject[]; annotation: string; value: string }): Promise<void> {
  const quoted = (text: string): string => JSON.stringify(text);
  const isProbe = `has(object.metadata.labels) && 'mostik.dev/probe' in object.metadata.labels`;
  const tests = podsOf(component, objects).map(({ namespace, labels }) =>
    [`request.namespace == ${quoted(namespace)}`, 'has(object.metadata.labels)', ...Object.entries(labels).map(([key, label]) => `${quoted(key)} in object.metadata.labels && object.metadata.labels[${quoted(key)}] == ${quoted(label)}`)].join(' && '),
  );
  if (tests.length === 0) return;
  const name = `${annotation.split('/')[1] ?? ''}.${component}.rehearsal.mostik.dev`;
  const apiVersion = 'admissionregistration.k8s.io/v1';
  await applySystemObjects(kube, [
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
        matchConditions: [{ name: 'component', expression: [isProbe, ...tests].map((test) => `(${test})`).join(' || ') }],
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: `Object{metadata: Object.metadata{annotations: {${quoted(annotation)}: ${quoted(value)}}}}` } }],
      },
    },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } },
  ]);
  await untilInForce(kube, annotation, value);
}

/** The API server takes a moment to follow a new policy: pods made before would not be reached. */
async function untilInForce(kube: Kube, annotation: string, value: string): Promise<void> {
  const probe: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'mostik-probe', namespace: 'kube-system', labels: { 'mostik.dev/probe': 'true' } }, spec: { automountServiceAccountToken: false, containers: [{ name: 'probe', image: 'probe' }] } };
  for (let i = 0; i < 200; i++) {
    const answer = await kube.create(probe, { dryRun: true });
    if (answer.metadata.annotations?.[annotation] === value) return;
    await sleep(50);
  }
  throw new Error(`${annotation} does not reach new pods`);
}
