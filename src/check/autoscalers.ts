import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { fieldPath, placeOf } from './field.js';
import { graphOf, kindOf, type Graph } from './graph.js';
import { containersOf } from '../model/pods.js';
import { providesObject } from './provided.js';

/** What scales a workload: a HorizontalPodAutoscaler, or a ScaledObject of KEDA. */
export interface Autoscaler {
  of: RenderedObject;
  target: { kind: string; group: string; name: string };
  least: number | undefined;
  most: number | undefined;
  /** Shares of the requested resource that it aims at: `cpu`, of all containers or of one. */
  shares: { resource: string; container?: string; from: string }[];
}

/** Finds autoscalers without a target, or whose target asks for none of what they measure, whose bounds are crossed, and two on one target. */
export function autoscalers(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  const seen = new Map<string, RenderedObject>();
  return autoscalersOf(desired).flatMap((scaler) => {
    const { of, target, least, most } = scaler;
    const object = formatRef(of.ref);
    const namespace = of.ref.namespace ?? '';
    const diagnostics: Diagnostic[] = [];
    const id = `${target.group}/${target.kind}/${namespace}/${target.name}`;
    const other = seen.get(id);
    if (other) diagnostics.push(diagnose('autoscaler-twice', { object, target: `${target.kind}/${target.name}`, other: formatRef(other.ref) }, of.at));
    seen.set(id, other ?? of);
    const [low, high] = kindOf(of.ref) === 'keda.sh/ScaledObject' ? ['minReplicaCount', 'maxReplicaCount'] : ['minReplicas', 'maxReplicas'];
    if (least !== undefined && most !== undefined && least > most) {
      diagnostics.push(diagnose('autoscaler-bounds', { object, low, least, high, most }, placeOf(of, fieldPath(of.object, `spec.${low}`))));
    }
    const found = graph.find(`${target.group}/${target.kind}`, namespace, target.name);
    if (found) return [...diagnostics, ...withoutRequests(scaler, found, graph)];
    // Kinds of operators may be made by other objects.
    if (!['apps', ''].includes(target.group) || providesObject(platform, { kind: target.kind, namespace, name: target.name })) return diagnostics;
    return [...diagnostics, targetMissing(scaler, graph)];
  });
}

function targetMissing({ of, target }: Autoscaler, graph: Graph): Diagnostic {
  const namespace = of.ref.namespace ?? '';
  const names = graph.all(`${target.group}/${target.kind}`).filter(({ ref }) => ref.namespace === namespace).map(({ ref }) => ref.name);
  const near = didYouMean(target.name, names);
  const other = graph.podsIn(namespace).find(({ of: { ref } }) => ref.name === target.name);
  const hint = near === undefined ? (other ? `there is ${formatRef(other.of.ref)}` : '') : `did you mean ${near}?`;
  const params = { object: formatRef(of.ref), target: `${target.kind}/${namespace}/${target.name}`, hint };
  const diagnostic = diagnose('autoscaler-target-missing', params, placeOf(of, ['spec', 'scaleTargetRef']));
  return graph.own.has(namespace) ? { ...diagnostic, severity: 'error' } : diagnostic;
}

function withoutRequests({ of, shares }: Autoscaler, target: RenderedObject, graph: Graph): Diagnostic[] {
  const pods = graph.podsIn(target.ref.namespace ?? '').find((each) => each.of === target);
  // A LimitRange may fill requests in.
  if (!pods || graph.all('/LimitRange').some(({ ref }) => ref.namespace === target.ref.namespace)) return [];
  return shares.flatMap(({ resource, container, from }) => {
    const lacking = containersOf(pods).filter(({ path, container: each }) => {
      if (path.startsWith('ephemeral') || (path.startsWith('init') && each['restartPolicy'] !== 'Always')) return false;
      if (container !== undefined && each['name'] !== container) return false;
      return valueAt(each, 'resources', 'requests', resource) === undefined && valueAt(each, 'resources', 'limits', resource) === undefined;
    });
    if (lacking.length === 0 || valueAt(pods.spec, 'resources', 'requests', resource) !== undefined) return [];
    const params = { object: formatRef(of.ref), path: from, resource, target: formatRef(target.ref), containers: lacking.map(({ path }) => path).join(', ') };
    return [diagnose('autoscaler-no-requests', params, placeOf(of, fieldPath(of.object, from)))];
  });
}

/** The autoscalers of a platform. */
export function autoscalersOf({ objects }: Desired): Autoscaler[] {
  return objects.flatMap((of) => {
    const spec = asDict(of.object['spec']);
    const { kind, name, apiVersion } = asDict(spec['scaleTargetRef']);
    const common = (absent: string | undefined): Autoscaler['target'] | undefined => {
      const [of_, version] = [asString(kind) ?? absent, asString(apiVersion) ?? 'apps/v1'];
      return of_ === undefined || typeof name !== 'string' ? undefined : { kind: of_, group: version.includes('/') ? version.slice(0, version.indexOf('/')) : '', name };
    };
    switch (kindOf(of.ref)) {
      case 'autoscaling/HorizontalPodAutoscaler': {
        const target = common(undefined);
        return target ? [{ of, target, least: asNumber(spec['minReplicas']) ?? 1, most: asNumber(spec['maxReplicas']), shares: metricShares(spec) }] : [];
      }
      case 'keda.sh/ScaledObject': {
        const target = common('Deployment');
        return target ? [{ of, target, least: asNumber(spec['minReplicaCount']) ?? 0, most: asNumber(spec['maxReplicaCount']) ?? 100, shares: triggerShares(spec) }] : [];
      }
      default:
        return [];
    }
  });
}

function metricShares(spec: ReturnType<typeof asDict>): Autoscaler['shares'] {
  const old = spec['targetCPUUtilizationPercentage'] === undefined ? [] : [{ resource: 'cpu', from: 'spec.targetCPUUtilizationPercentage' }];
  const metrics = asList(spec['metrics']).flatMap((entry, i) => {
    const { type, resource, containerResource } = asDict(entry);
    const source = asDict(type === 'ContainerResource' ? containerResource : type === 'Resource' ? resource : undefined);
    if (valueAt(source, 'target', 'type') !== 'Utilization' || typeof source['name'] !== 'string') return [];
    const container = asString(source['container']);
    return [{ resource: source['name'], from: `spec.metrics[${i}]`, ...(container === undefined ? {} : { container }) }];
  });
  return [...old, ...metrics];
}

function triggerShares(spec: ReturnType<typeof asDict>): Autoscaler['shares'] {
  return asList(spec['triggers']).flatMap((entry, i) => {
    const { type, metricType, metadata } = asDict(entry);
    const aim = asString(metricType) ?? asString(asDict(metadata)['type']) ?? 'Utilization';
    if ((type !== 'cpu' && type !== 'memory') || aim !== 'Utilization') return [];
    const container = asString(asDict(metadata)['containerName']);
    return [{ resource: type, from: `spec.triggers[${i}]`, ...(container === undefined ? {} : { container }) }];
  });
}
