import { applyPlan, type ApplyOptions } from '../../src/apply/index.js';
import type { Kube } from '../../src/kube/index.js';
import { keyOf, labels, refOf, type ApplyEvent, type ApplyResult, type Desired, type DesiredComponent, type Hook, type KubeObject, type Plan, type RenderedObject } from '../../src/model/index.js';
import { makePlan, noFlags, readState, type PlanFlags, type State } from '../../src/plan/index.js';

/** A component of a platform written down in a test. */
export interface TestComponent {
  objects: KubeObject[];
  hooks?: { object: KubeObject; hook: Hook }[];
  after?: string[];
  timeoutSeconds?: number;
}

/** Namespace of the state of test platforms. */
export const stateNamespace = 'mostik-system';

/** Builds what render would give for components written down as objects. */
export function desiredOf(name: string, components: Record<string, TestComponent>, secrets: Record<string, string> = {}): Desired {
  const depth = (component: string): number => Math.max(0, ...(components[component]?.after ?? []).map((other) => depth(other) + 1));
  const described: DesiredComponent[] = Object.entries(components).map(([component, { after = [], timeoutSeconds = 20 }]) => ({ name: component, after, wave: depth(component), data: false, timeoutSeconds, external: [] }));
  const objects = Object.entries(components).flatMap(([component, { objects: list, hooks = [] }]) => [
    ...list.map((object) => rendered(name, component, object)),
    ...hooks.map(({ object, hook }) => ({ ...rendered(name, component, object), hook })),
  ]);
  return { name, source: { path: 'platform.yaml' }, profiles: [], kubernetes: '1.36', components: described, objects, secrets: new Map(Object.entries(secrets)), diagnostics: [] };
}

function rendered(platform: string, component: string, object: KubeObject): RenderedObject {
  const labelled = { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [labels.managedBy]: 'mostik', [labels.platform]: platform, [labels.component]: component } } };
  return { component, ref: refOf(labelled), object: labelled, at: { file: 'platform.yaml', line: 1 }, keep: false };
}

/** Reads the state and plans. */
export async function planOf(kube: Kube, desired: Desired, flags: Partial<PlanFlags> = {}): Promise<{ plan: Plan; state: State }> {
  const state = await readState(kube, desired.name, stateNamespace);
  return { plan: await makePlan(desired, { kube, state }, { ...noFlags, ...flags }), state };
}

/** Plans and applies, collecting events. */
export async function applyDesired(kube: Kube, desired: Desired, options: Partial<ApplyOptions> & { flags?: Partial<PlanFlags> } = {}): Promise<{ plan: Plan; result: ApplyResult; events: ApplyEvent[] }> {
  const { plan, state } = await planOf(kube, desired, options.flags);
  const events: ApplyEvent[] = [];
  const result = await applyPlan(kube, plan, { state }, { wait: true, keep: 20, version: 'test', onEvent: (event) => events.push(event), signal: new AbortController().signal, ...options });
  return { plan, result, events };
}

/** The plan as lines of `action Kind/namespace/name`, unchanged left out: what a test compares. */
export function planLines(plan: Plan): string[] {
  return plan.changes
    .filter(({ change }) => change.action !== 'unchanged')
    .map(({ change }) => `${change.action} ${[change.ref.kind, change.ref.namespace, change.ref.name].filter(Boolean).join('/')}`)
    .sort();
}

/** A ConfigMap. */
export function configMap(name: string, data: Record<string, string>, namespace = 'default'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** A Deployment of one container; no replicas unless given, since an API server alone runs none. */
export function deployment(name: string, { replicas = 0, image = 'nginx:1.27', namespace = 'default' }: { replicas?: number; image?: string; namespace?: string } = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image }] } } },
  };
}

/** Finds the change of one object in a plan. */
export function changeOf(plan: Plan, object: KubeObject): Plan['changes'][number]['change'] | undefined {
  return plan.changes.find(({ change }) => keyOf(change.ref) === keyOf(refOf(object)))?.change;
}
