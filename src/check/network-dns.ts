import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { few, hasPort, policyName } from '../network/index.js';
import { isGuarded, networkOf } from './network.js';

/** Finds pods whose policies let them send, but not ask for names: nearly everything fails without DNS, and slowly. */
export function networkDns(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  if (!isGuarded(platform, desired)) return [];
  const { around, network } = networkOf(platform, desired);
  return platform.components.flatMap(({ name, at }) => {
    // What may send nothing at all misses no names.
    const mute = around.workloads.filter((each) => each.component === name && network.selecting(each, 'egress').some(({ egress }) => egress.length > 0) && !hasPort(network.open(each, around.places.dns).certain, 'UDP', 53));
    const [first] = mute;
    if (!first) return [];
    return [diagnose('dns-closed', { pods: few(mute.map(({ id }) => id)), policies: few(network.selecting(first, 'egress').map(policyName)) }, around.podsOf.get(first)?.of.at ?? at)];
  });
}
