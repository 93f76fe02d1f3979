import { capacityOf, declaredNodes, embeddedObjects, formatAmount, type CapacityInput, type CapacityReport, type QuotaUse, type WorkloadVerdict } from '../capacity/index.js';
import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { plural } from '../lib/plural.js';
import { formatRef, type Desired, type KubeObject, type ResolvedPlatform } from '../model/index.js';
import { NodeSpec } from '../model/schema.js';
import { fieldPath, placeOf } from './field.js';
import { podsOf, type Pods } from '../model/pods.js';
import { providedNames } from './provided.js';

/** Finds pods that get no node, are refused by quotas or LimitRanges, or have no room for a rollout, on the declared nodes. */
export function capacity(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const found = capacityDiagnostics(capacityOf(declaredInput(platform, desired)), { desired, platform });
  // Nodes that nobody declared are only a guess.
  const isGuess = hasDefaultNodes(platform);
  return found.map((diagnostic) => (isGuess && isAboutNodes(diagnostic) && diagnostic.severity === 'error' ? { ...diagnostic, severity: 'warning' } : diagnostic));
}

/** What a platform is judged against without a cluster: the nodes of the embedded cluster, or none. */
export function declaredInput(platform: ResolvedPlatform, desired: Desired): CapacityInput {
  if (platform.cluster.provider !== 'embedded' || platform.cluster.nodes.length === 0) return { objects: desired.objects };
  const named = (kind: string, apiVersion: string, more: object): KubeObject[] => providedNames(platform, kind).map((name) => ({ apiVersion, kind, metadata: { name }, ...more }));
  const around = [...embeddedObjects, ...named('StorageClass', 'storage.k8s.io/v1', { provisioner: 'provided' })];
  // Which priority a provided class stands for is not known, so that no class is called missing then.
  const knowsPriorities = providedNames(platform, 'PriorityClass').length === 0;
  return { objects: desired.objects, nodes: declaredNodes(platform.cluster.nodes), around, knows: ['StorageClass', ...(knowsPriorities ? ['PriorityClass' as const] : [])] };
}

/** Tells whether the nodes are those that Mostik makes when the platform declares none. */
export function hasDefaultNodes({ cluster }: ResolvedPlatform): boolean {
  return JSON.stringify(cluster.nodes) === JSON.stringify([NodeSpec.parse({ name: 'node', count: 3 })]);
}

function isAboutNodes({ code }: Diagnostic): boolean {
  return code === 'pods-will-not-fit' || code === 'pods-together-will-not-fit' || code === 'device-missing';
}

/** What a report says that somebody has to know. */
function capacityDiagnostics(report: CapacityReport, { desired, platform }: { desired: Desired; platform: ResolvedPlatform }): Diagnostic[] {
  const rendered = new Map(desired.objects.map((object) => [formatRef(object.ref), object]));
  const pods = new Map(podsOf(desired.objects).map((each) => [formatRef(each.of.ref), each]));
  const placeOfWorkload = (verdict: WorkloadVerdict): Location => {
    const found = pods.get(formatRef(verdict.of));
    return found ? placeOfResources(found, platform) : verdict.at;
  };
  const placeOfQuota = ({ quota, resource }: QuotaUse): Location | undefined => {
    const found = rendered.get(formatRef(quota));
    return found && placeOf(found, ['spec', 'hard', resource]);
  };
  return [
    ...report.workloads.flatMap((verdict) => workloadDiagnostics({ ...verdict, at: placeOfWorkload(verdict) })),
    ...report.shortages.map(({ of, missing, reason, at }) => diagnose('pods-together-will-not-fit', { objects: of.map(formatRef).join(', '), missing, reason }, at)),
    ...report.refusedClaims.map(({ of, reason, at }) => diagnose('limit-range-refuses', { object: formatRef(of), reason }, at)),
    ...report.quotas.flatMap((use) => quotaDiagnostics(use, placeOfQuota(use))),
  ];
}

/** Where pods say what they ask for: in the platform file for a native workload, in the manifest where it is one. */
function placeOfResources({ of, path }: Pods, { components }: ResolvedPlatform): Location {
  const component = components.find(({ name }) => name === of.component);
  if (component?.source.kind === 'workload') return component.locate(['workload', 'resources'], 'key');
  return placeOf(of, fieldPath(of.object, `${path}.containers[0].resources`), 'key');
}

function workloadDiagnostics(verdict: WorkloadVerdict): Diagnostic[] {
  const own = ownDiagnostic(verdict);
  if (own) return [own];
  const object = formatRef(verdict.of);
  const { rollout, scaled, at } = verdict;
  const { reason } = rollout ?? { reason: '' };
  if (rollout?.verdict === 'pending' || rollout?.verdict === 'refused') return [diagnose('rollout-will-not-fit', { object, reason }, at)];
  const found = rollout?.verdict === 'may not fit' ? [diagnose('rollout-may-not-fit', { object, reason }, at)] : [];
  if (!scaled || scaled.verdict === 'fits' || scaled.verdict === 'unknown') return found;
  const params = { object, scaler: formatRef(scaled.by), pods: scaled.pods, reason: scaled.reason };
  return [...found, scaled.verdict === 'may not fit' ? diagnose('scale-may-not-fit', params, at) : diagnose('scale-will-not-fit', params, at)];
}

function ownDiagnostic({ of, at, verdict, missing, pods, reason, cause, absent, tried }: WorkloadVerdict): Diagnostic | undefined {
  const object = formatRef(of);
  const params = { object, missing: missing.least > 0 ? missing.least : missing.most, pods: plural(pods, 'pod'), reason };
  // Missing classes and claims are found by the checks of references.
  if (verdict === 'fits' || verdict === 'unknown' || cause === 'claims' || cause === 'priority class') return undefined;
  if (cause === 'limit range') return diagnose('limit-range-refuses', { object, reason }, at);
  // What a quota lacks in sum is told with the quota.
  if (cause === 'quota') return /must specify/.test(reason) ? diagnose('quota-refuses-pods', params, at) : undefined;
  if (absent !== undefined) return diagnose('device-missing', { object, resource: absent }, at);
  if (verdict === 'pending') return diagnose('pods-will-not-fit', params, at);
  const found = diagnose('pods-may-not-fit', params, at);
  return tried?.failed === 0 ? { ...found, severity: 'info' } : found;
}

function quotaDiagnostics({ quota, resource, hard, wanted, passing, others, by }: QuotaUse, at: Location | undefined): Diagnostic[] {
  const object = formatRef(quota);
  const amounts = { resource, hard: formatAmount(resource, hard) };
  const room = hard - others;
  if (wanted > room) {
    const largest = by.slice(0, 3).map(({ of, amount }) => `${formatAmount(resource, amount)} by ${formatRef(of)}`);
    const rest = by.length > 3 ? [`the rest by ${plural(by.length - 3, 'other')}`] : [];
    return [diagnose('quota-exceeded', { object, ...amounts, wanted: formatAmount(resource, wanted + others), by: [...largest, ...rest].join(', ') }, at)];
  }
  return wanted + passing > room ? [diagnose('quota-may-be-exceeded', { object, ...amounts, wanted: formatAmount(resource, wanted + passing + others) }, at)] : [];
}
