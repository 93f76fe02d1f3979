import { join } from 'node:path';
import { packageRoot } from '../lib/version.js';
import type { Policy } from '../model/index.js';
import { policies } from './policies.generated.js';

/** A rule that comes with Mostik. */
export interface ShippedPolicy {
  policy: Policy;
  /** Absolute path of its file. */
  file: string;
}

/** The rules that come with Mostik, by id. */
export function shippedPolicies(): Map<string, ShippedPolicy> {
  return new Map(policies.map((policy) => [policy.metadata.name, { policy, file: join(packageRoot, 'policies', `${policy.metadata.name}.yaml`) }]));
}
