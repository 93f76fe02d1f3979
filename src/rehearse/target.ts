import { MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import type { ResolvedPlatform } from '../model/index.js';
import { openTarget, type TargetOptions } from '../operate/index.js';
import { readState, type State } from '../plan/index.js';
import { readOnly } from './read-only.js';

/** The real cluster of a platform, which is only read. */
export interface LiveTarget {
  kube: Kube;
  clusterId: string;
  state: State;
  close(): void;
}

/** The real cluster, or in words why a rehearsal does without it. */
export type TargetReading = { target: LiveTarget } | { target?: undefined; why: string };

/** Codes of clusters that are not there to be read, which a rehearsal that was not told to read one can do without. */
const absent = new Set(['cluster-missing', 'k3d-cluster-missing', 'cluster-stopped', 'cluster-unreachable', 'request-timeout', 'kubeconfig-missing', 'context-missing', 'context-not-allowed']);

/**
 * Reads what the platform's real cluster knows of it. One that is not there is no failure, unless the user named it or
 * asked for its objects: `needed`.
 */
export async function readTarget(platform: ResolvedPlatform, options: TargetOptions & { needed: boolean }): Promise<TargetReading> {
  const isNamed = options.needed || options.context !== undefined || options.kubeconfig !== undefined;
  try {
    const { kube } = await openTarget(platform, options);
    const looking = readOnly(kube);
    const [clusterId, state] = await Promise.all([looking.clusterId(options.signal), readState(looking, platform.name, platform.state.namespace)]);
    return { target: { kube: looking, clusterId, state, close: () => { kube.close(); } } };
  } catch (error) {
    if (isNamed || !(error instanceof MostikError) || !error.diagnostics.every(({ code }) => absent.has(code))) throw error;
    return { why: error.diagnostics[0]?.message ?? 'it does not answer' };
  }
}
