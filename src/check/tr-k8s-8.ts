import type { Diagnostic } from '../diagnostics/index.js';
import { asDict, asList, asString } from '../lib/read-unknown.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { containersOf, podsOf } from '../model/pods.js';
import { ruleInForce } from './rule.js';

/** TR-K8S-8: no configuration written into a container's env. What is put together from other variables may stay. */
export function trK8s8(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const report = ruleInForce(platform, 'tr-k8s-8');
  if (!report) return [];
  return podsOf(desired.objects).flatMap((pods) => {
    const literal = containersOf(pods).flatMap(({ path, container }) => {
      const names = asList(container['env']).map(asDict).filter(({ value }) => isLiteral(value)).map(({ name }) => asString(name) ?? '');
      return names.length === 0 ? [] : [`${path}.env sets ${names.join(', ')}`];
    });
    return literal.length === 0 ? [] : report(pods.of, `${literal.join('; ')} instead of taking it from a ConfigMap`);
  });
}

function isLiteral(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !/(^|[^$])\$\([A-Za-z_][A-Za-z0-9_.-]*\)/.test(value);
}
