import type { Diagnostic } from '../diagnostics/index.js';
import { asDict, asList, isDict, type Dict } from '../lib/read-unknown.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { compilePolicy, isNetworkPolicy, type Direction } from '../network/index.js';
import { podsOf } from '../model/pods.js';
import { ruleInForce } from './rule.js';

/** TR-K8S-7: every namespace with pods denies what no NetworkPolicy allows, in both directions. Told once a namespace, at its first pods. */
export function trK8s7(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const report = ruleInForce(platform, 'tr-k8s-7');
  if (!report) return [];
  const seen = new Set<string>();
  return podsOf(desired.objects).filter(({ of }) => !of.hook).flatMap(({ of, namespace }) => {
    if (seen.has(namespace)) return [];
    seen.add(namespace);
    const open = (['ingress', 'egress'] as const).filter((direction) => !denies(desired, namespace, direction));
    return open.length === 0 ? [] : report(of, `namespace ${namespace} has no default deny for ${open.join(' and ')}`);
  });
}

/** A policy that is about every pod, in this direction, and does not open everything to everybody. */
function denies({ objects }: Desired, namespace: string, direction: Direction): boolean {
  return objects.some(({ object }) => {
    if (!isNetworkPolicy(object) || object.metadata.namespace !== namespace) return false;
    const spec = asDict(object['spec']);
    const rules = asList(spec[direction]).map(asDict);
    return isEmptySelector(spec['podSelector']) && compilePolicy(object).directions.has(direction) && !rules.some(opensAll);
  });
}

function isEmptySelector(selector: unknown): boolean {
  return isDict(selector) && Object.keys(asDict(selector['matchLabels'])).length === 0 && asList(selector['matchExpressions']).length === 0;
}

function opensAll(rule: Dict): boolean {
  return ['from', 'to', 'ports'].every((field) => asList(rule[field]).length === 0);
}
