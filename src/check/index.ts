import type { Diagnostic } from '../diagnostics/index.js';
import { formatRef, maskText, type Desired, type ResolvedPlatform } from '../model/index.js';
import { apisProvided } from './apis-provided.js';
import { autoscalers } from './autoscalers.js';
import { capacity } from './capacity.js';
import { checkSeverities } from './check-severities.js';
import { claims } from './claims.js';
import { disruptionBudgets } from './disruption-budgets.js';
import { envInGit } from './env-in-git.js';
import { everydaySecrets } from './everyday-secrets.js';
import { exceptions } from './exceptions.js';
import { exposure } from './exposure.js';
import { missingReferences } from './missing-references.js';
import { monitors } from './monitors.js';
import { nativeValidation } from './native-validation.js';
import { networkDns } from './network-dns.js';
import { networkEdges } from './network-edges.js';
import { networkExpose } from './network-expose.js';
import { networkPaths } from './network-paths.js';
import { onePerField } from './one-per-field.js';
import { policies } from './policies.js';
import { hostPorts, nodePorts } from './ports.js';
import { routeBackends } from './route-backends.js';
import { routesTwice } from './routes-twice.js';
import { schemas } from './schemas.js';
import { secretsInGit } from './secrets-in-git.js';
import { servicePorts } from './service-ports.js';
import { serviceSelectors } from './service-selectors.js';
import { statefulServices } from './stateful-services.js';
import { trK8s5 } from './tr-k8s-5.js';
import { trK8s7 } from './tr-k8s-7.js';
import { trK8s8 } from './tr-k8s-8.js';
import { trK8s9 } from './tr-k8s-9.js';
import { volumes } from './volumes.js';
import { workloadSelectors } from './workload-selectors.js';

/** What some checks need beside the platform. */
export interface CheckContext {
  /** The render engine: Kubernetes' own code for policies and defaults. */
  engine: { path: string };
  signal?: AbortSignal | undefined;
}

/** A check looks at the whole platform, as declared and as rendered, and says what will not work. It asks no cluster. */
export type Check = (platform: ResolvedPlatform, desired: Desired, context: CheckContext) => Diagnostic[] | Promise<Diagnostic[]>;

/** Every check, in the order in which what they find is told. */
export const checks: readonly Check[] = [
  checkSeverities,
  schemas,
  apisProvided,
  missingReferences,
  servicePorts,
  serviceSelectors,
  routeBackends,
  routesTwice,
  exposure,
  autoscalers,
  disruptionBudgets,
  workloadSelectors,
  statefulServices,
  volumes,
  monitors,
  hostPorts,
  networkEdges,
  networkExpose,
  networkPaths,
  networkDns,
  nodePorts,
  claims,
  capacity,
  envInGit,
  secretsInGit,
  everydaySecrets,
  nativeValidation,
  policies,
  trK8s5,
  trK8s7,
  trK8s8,
  trK8s9,
  exceptions,
];

/** Runs all checks; findings have the severity that the platform gives their code, and no secret in them. */
export async function check(platform: ResolvedPlatform, desired: Desired, context: CheckContext): Promise<Diagnostic[]> {
  const found = await Promise.all(checks.map(async (each) => each(platform, desired, context)));
  const componentOf = componentFinder(platform, desired);
  return onePerField(found.flat(), desired).flatMap((diagnostic) => {
    const severity = platform.checks.severity[diagnostic.code] ?? diagnostic.severity;
    if (severity === 'ignore') return [];
    const component = diagnostic.component ?? componentOf(diagnostic);
    // What a finding quotes may hold a secret.
    const hint = diagnostic.hint === undefined ? {} : { hint: maskText(diagnostic.hint, desired.secrets) };
    return [{ ...diagnostic, severity, message: maskText(diagnostic.message, desired.secrets), ...hint, ...(component === undefined ? {} : { component }) }];
  });
}

/** A message names the thing first: an object, or a component. */
function componentFinder(platform: ResolvedPlatform, { objects }: Desired): (diagnostic: Diagnostic) => string | undefined {
  const names = new Map(platform.components.map(({ name }) => [name, name]));
  let byObject: Map<string, string> | undefined;
  return ({ message }) => {
    const thing = /^(\S+):\s/.exec(message)?.[1] ?? '';
    byObject ??= new Map(objects.map(({ ref, component }) => [formatRef(ref), component]));
    return byObject.get(thing) ?? names.get(thing);
  };
}
