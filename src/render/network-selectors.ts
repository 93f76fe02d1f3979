import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { labelTest, type LabelTest } from '../lib/label-selector.js';
import { asDict, asList, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { formatRef, groupOf, labels as ownLabels, refOf, setAt, type KubeObject, type Pods, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { endpointsOf, hasLabels, type Endpoint, type PlatformEndpoints } from '../network/index.js';
import type { Draft } from './draft.js';

/** How policies pick the pods of each workload, and the drafts with the labels that this needed. */
export interface Selectors {
  around: PlatformEndpoints;
  /** LabelSelector by endpoint. */
  selectorOf: ReadonlyMap<Endpoint, Dict>;
  drafts: Draft[];
  diagnostics: Diagnostic[];
}

/**
 * Finds for each workload a selector that fits its own pods and those of no other component: its own `spec.selector`, else with
 * its labels added, else with a label that is put into its template, which restarts its pods once.
 */
export function findSelectors(platform: ResolvedPlatform, drafts: readonly Draft[]): Selectors {
  const first = endpointsOf(platform, drafts.map(rendered));
  const diagnostics: Diagnostic[] = [];
  const labelled = new Map<KubeObject, string>();
  for (const endpoint of first.workloads) {
    const pods = first.podsOf.get(endpoint);
    if (!hasLabels(endpoint) || selectorFor(endpoint, pods, first.workloads)) continue;
    if (pods) labelled.set(pods.of.object, endpoint.component ?? '');
    else diagnostics.push(diagnose('network-pods-ambiguous', { component: endpoint.component ?? '', pods: endpoint.id, others: strangersIn(endpoint, labelTest({ matchLabels: endpoint.labels }), first.workloads).join(', ') }, componentOf(platform, endpoint)?.locate(['pods'])));
  }
  const changed = drafts.map((draft) => (labelled.has(draft.object) ? { ...draft, object: withPodLabel(draft.object, draft.component.name) } : draft));
  for (const [i, draft] of drafts.entries()) if (changed[i] !== draft && draft.object.kind !== 'Pod') diagnostics.push(diagnose('network-label-added', { object: formatRef(refOf(draft.object)), label: `${ownLabels.component}: ${draft.component.name}` }, draft.at));
  const around = labelled.size === 0 ? first : endpointsOf(platform, changed.map(rendered));
  const selectorOf = new Map(around.workloads.filter(hasLabels).map((endpoint) => [endpoint, selectorFor(endpoint, around.podsOf.get(endpoint), around.workloads) ?? { matchLabels: endpoint.labels }]));
  return { around, selectorOf, drafts: changed, diagnostics };
}

function rendered({ component, object, at, hook, keep }: Draft): RenderedObject {
  return { component: component.name, ref: refOf(object), object, at, keep, ...(hook ? { hook } : {}) };
}

/** The first selector that fits the pods of this endpoint alone, else of its component alone. */
function selectorFor(endpoint: Endpoint, pods: Pods | undefined, all: readonly Endpoint[]): Dict | undefined {
  const usable = candidates(endpoint, pods).filter((selector) => !fitsEverything(selector) && strangersIn(endpoint, labelTest(selector), all).length === 0);
  return usable.find((selector) => fittingIn(endpoint, labelTest(selector), all).length === 0) ?? usable[0];
}

function candidates(endpoint: Endpoint, pods: Pods | undefined): Dict[] {
  if (!pods) return [{ matchLabels: endpoint.labels }];
  const { object } = pods.of;
  const stable = Object.fromEntries(Object.entries(pods.labels).filter(([key]) => !changing.has(key)));
  if (object.kind === 'Job' && groupOf(object.apiVersion) === 'batch') return [{ matchLabels: { 'batch.kubernetes.io/job-name': object.metadata.name } }];
  const own = valueAt(object, 'spec', 'selector');
  const written = isDict(own) ? (object.kind === 'ReplicationController' ? { matchLabels: own } : own) : undefined;
  const { [ownLabels.component]: component, ...others } = stable;
  const marked = component === undefined ? [] : [written ? { ...written, matchLabels: { ...asDict(written['matchLabels']), [ownLabels.component]: component } } : { matchLabels: stable }];
  return [...(written ? [written] : []), { ...written, matchLabels: { ...others, ...asDict(written?.['matchLabels']) } }, ...marked];
}

/** Labels that come anew with a version: a policy that went by them would cut off the old pods in the middle of a rollout. */
const changing: ReadonlySet<string> = new Set(['helm.sh/chart', 'chart', 'app.kubernetes.io/version', 'version', 'pod-template-hash']);

function fitsEverything({ matchLabels, matchExpressions }: Dict): boolean {
  return Object.keys(asDict(matchLabels)).length === 0 && asList(matchExpressions).length === 0;
}

/** Pods of other components that a selector fits too. */
function strangersIn(endpoint: Endpoint, fits: LabelTest, all: readonly Endpoint[]): string[] {
  return fittingIn(endpoint, fits, all).filter(({ component }) => component !== endpoint.component).map(({ id }) => id);
}

function fittingIn(endpoint: Endpoint, fits: LabelTest, all: readonly Endpoint[]): Endpoint[] {
  return all.filter((each) => each !== endpoint && each.namespace === endpoint.namespace && hasLabels(each) && fits(each.labels));
}

function componentOf(platform: ResolvedPlatform, { component }: Endpoint): ResolvedPlatform['components'][number] | undefined {
  return platform.components.find(({ name }) => name === component);
}

/** Puts the component's label on the pods that an object makes. */
function withPodLabel(object: KubeObject, component: string): KubeObject {
  const template = object.kind === 'Pod' ? [] : object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  const copy = { ...object };
  setAt(copy, [...template, 'metadata', 'labels', ownLabels.component], component);
  return copy;
}
