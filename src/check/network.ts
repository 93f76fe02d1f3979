import type { Desired, ResolvedPlatform } from '../model/index.js';
import { createNetwork, declaredFlows, endpointsOf, policiesOf, worldOf, type Declared, type Endpoint, type Network, type PlatformEndpoints } from '../network/index.js';

/** Who reaches whom on a platform, and who should. */
export interface PlatformNetwork {
  around: PlatformEndpoints;
  declared: Declared;
  network: Network;
  /** There are NetworkPolicies, or the platform wants some. */
  guarded: boolean;
}

const read = new WeakMap<Desired, PlatformNetwork>();

/** Reads the network of a platform; several checks look at it, so it is computed once. */
export function networkOf(platform: ResolvedPlatform, desired: Desired): PlatformNetwork {
  const known = read.get(desired);
  if (known) return known;
  const made = readNetwork(platform, desired);
  read.set(desired, made);
  return made;
}

/** The same with more endpoints in it, such as an address that somebody asks about; endpoints that were read before stay the same. */
export function readNetwork(platform: ResolvedPlatform, desired: Desired, { around = endpointsOf(platform, desired.objects), more = [] }: { around?: PlatformEndpoints; more?: readonly Endpoint[] } = {}): PlatformNetwork {
  const declared = declaredFlows(platform, around);
  const ends = declared.flows.flatMap(({ from, to }) => [from, to]);
  return { around, declared, network: createNetwork(worldOf(around, [...ends, ...more])), guarded: isGuarded(platform, desired) };
}

/** Tells whether there are NetworkPolicies, or the platform wants some; without them everything is open and nothing is cut. */
export function isGuarded(platform: ResolvedPlatform, desired: Desired): boolean {
  return platform.network.policies === 'generated' || policiesOf(desired.objects).length > 0;
}
