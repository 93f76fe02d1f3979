import type { Diagnostic } from '../diagnostics/index.js';
import { maskText, type Desired, type ResolvedPlatform } from '../model/index.js';
import { apisProvided } from './apis-provided.js';
import { claims } from './claims.js';
import { envInGit } from './env-in-git.js';
import { everydaySecrets } from './everyday-secrets.js';
import { exposure } from './exposure.js';
import { missingReferences } from './missing-references.js';
import { hostPorts, nodePorts } from './ports.js';
import { schemas } from './schemas.js';
import { serviceSelectors } from './service-selectors.js';

/** What some checks need beside the platform. */
export interface CheckContext {
  /** The render engine: Kubernetes' own code for policies and defaults. */
  engine: { path: string };
  signal?: AbortSignal | undefined;
}

/** A check looks at the whole platform, as declared and as rendered, and says what will not work. It asks no cluster. */
export type Check = (platform: ResolvedPlatform, desired: Desired, context: CheckContext) => Diagnostic[] | Promise<Diagnostic[]>;

/** Every check. */
export const checks: readonly Check[] = [schemas, apisProvided, missingReferences, hostPorts, nodePorts, serviceSelectors, exposure, claims, envInGit, everydaySecrets];

/** Runs all checks; findings have the severity that the platform gives their code. */
export async function check(platform: ResolvedPlatform, desired: Desired, context: CheckContext): Promise<Diagnostic[]> {
  const found = await Promise.all(checks.map(async (each) => each(platform, desired, context)));
  return found.flat().flatMap((diagnostic) => {
    const severity = platform.checks.severity[diagnostic.code] ?? diagnostic.severity;
    // What a finding quotes may hold a secret.
    return severity === 'off' ? [] : [{ ...diagnostic, severity, message: maskText(diagnostic.message, desired.secrets) }];
  });
}
