import type { Diagnostic } from '../diagnostics/index.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { claims } from './claims.js';
import { envInGit } from './env-in-git.js';
import { everydaySecrets } from './everyday-secrets.js';
import { exposure } from './exposure.js';
import { missingReferences } from './missing-references.js';
import { hostPorts, nodePorts } from './ports.js';
import { serviceSelectors } from './service-selectors.js';

/** A check looks at the whole platform, as declared and as rendered, and says what will not work. It asks no cluster. */
export type Check = (platform: ResolvedPlatform, desired: Desired) => Diagnostic[];

/** Every check. */
export const checks: readonly Check[] = [missingReferences, hostPorts, nodePorts, serviceSelectors, exposure, claims, envInGit, everydaySecrets];

/** Runs all checks. */
export function check(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  return checks.flatMap((each) => each(platform, desired));
}
