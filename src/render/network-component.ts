import type { ResolvedPlatform } from '../model/index.js';
import type { Draft } from './draft.js';
import { networkPolicies } from './network-policies.js';
import type { OwnComponent } from './own-components.js';

/** The component `network`: NetworkPolicies from `uses` and `expose`, when the platform says `network.policies: generated`. */
export function networkComponent(platform: ResolvedPlatform, drafts: readonly Draft[]): OwnComponent | undefined {
  if (platform.network.policies !== 'generated') return undefined;
  return { name: 'network', at: platform.locate(['network', 'policies']), ...networkPolicies(platform, drafts) };
}
