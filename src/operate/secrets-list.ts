import { MostikError, type Diagnostic } from '../diagnostics/index.js';
import { connect, type Kube } from '../kube/index.js';
import { shownPath } from '../lib/shown-path.js';
import { seedName, seedSpec, type ResolvedPlatform, type SecretSpec, type SecretTable } from '../model/index.js';
import { secretPlaces } from '../pipeline.js';
import { readState } from '../plan/index.js';
import { lookUpSecrets, type SealedLookup, type SecretLookup, type SecretSource } from '../secrets/index.js';
import { openTarget, type Target, type TargetOptions } from './target.js';

/** Where a component takes a secret: a values path of a chart, or a variable of a workload. */
export interface SecretUse {
  component: string;
  path: string;
}

/** One secret of a platform, without its value. `generate` will be made by the next apply. */
export interface ListedSecret {
  name: string;
  source: Exclude<SecretSource, 'none'> | 'generate' | 'missing';
  /** Its name in `.env`. */
  env: string;
  uses: SecretUse[];
  /** What Git keeps of it. */
  sealed?: { file: string; item: string; state: SealedLookup['state'] };
  /** The value of `.env` is not the one of the cluster. */
  differs: boolean;
}

/** The cluster whose state was asked; `problem` says why it could not be. */
export interface AskedCluster {
  name: string;
  problem?: string;
}

/** Every secret of a platform: where its value comes from, who takes it, what Git keeps. */
export interface SecretsList {
  platform: string;
  cluster: AskedCluster;
  secrets: ListedSecret[];
  diagnostics: Diagnostic[];
}

/** Options of everything that looks secrets up. */
export interface SecretsOptions extends TargetOptions {
  /** Files of private keys. */
  sealingKeys?: readonly string[] | undefined;
}

/** Lists the secrets of a platform; the values that were found come beside, for whoever asks for one by name. */
export async function listSecrets(platform: ResolvedPlatform, options: SecretsOptions = {}): Promise<{ list: SecretsList; values: SecretTable }> {
  const { stored, cluster, target } = await storedSecrets(platform, options);
  const specs: Record<string, SecretSpec> = { ...platform.secrets, [seedName]: seedSpec };
  const { lookups, diagnostics } = await lookUpSecrets({ ...secretPlaces(platform, target?.kube, options), specs, stored });
  // The seed of random template functions is nobody's password: worth a line only where it is kept.
  const shown = lookups.filter(({ name, source }) => name !== seedName || source !== 'none');
  const secrets = shown.map((found) => listed(found, platform));
  const values = new Map(shown.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])));
  return { list: { platform: platform.name, cluster: { name: cluster.name, ...(cluster.problem === undefined ? {} : { problem: cluster.problem }) }, secrets, diagnostics }, values };
}

/** The values that the platform's cluster keeps. A cluster that cannot be asked keeps none, and says why. */
export async function storedSecrets(platform: ResolvedPlatform, options: TargetOptions): Promise<{ stored: SecretTable; cluster: AskedCluster & { missing: boolean }; target?: Target }> {
  const name = options.context ?? (platform.cluster.provider === 'existing' ? 'of the kubeconfig' : platform.cluster.name);
  try {
    const target = await openTarget(platform, options);
    const { secrets } = await readState(target.kube, platform.name, platform.state.namespace);
    return { stored: secrets, cluster: { name: target.clusterName, missing: false }, target };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof MostikError)) throw error;
    const [first] = error.diagnostics;
    return { stored: new Map(), cluster: { name, problem: first?.message ?? '', missing: first?.code === 'cluster-missing' || first?.code === 'k3d-cluster-missing' } };
  }
}

/** Connects to the cluster of a platform; without one the kubeconfig says which: its controller is only read. */
export async function clusterOf(platform: ResolvedPlatform | undefined, { context, kubeconfig, signal }: TargetOptions): Promise<Kube> {
  if (platform) return (await openTarget(platform, { context, kubeconfig, signal })).kube;
  return connect({ ...(context === undefined ? {} : { context }), ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(signal ? { signal } : {}) });
}

/** Where components take a secret. */
export function usesOf(name: string, { components }: Pick<ResolvedPlatform, 'components'>): SecretUse[] {
  return components.flatMap(({ name: component, secretValues, source }) => {
    const paths = Object.entries(secretValues).filter(([, secret]) => secret === name).map(([path]) => path);
    const variables = source.kind === 'workload' ? Object.entries(source.workload.env) : [];
    const taken = variables.filter(([, value]) => typeof value === 'object' && value.secret === name).map(([variable]) => `env ${variable}`);
    return [...paths, ...taken].map((path) => ({ component, path }));
  });
}

function listed({ name, spec, key, source, clusterDiffers, sealed }: SecretLookup, platform: ResolvedPlatform): ListedSecret {
  return {
    name,
    source: source !== 'none' ? source : spec.generate ? 'generate' : 'missing',
    env: key,
    uses: usesOf(name, platform),
    ...(sealed ? { sealed: { file: shownPath(sealed.file), item: sealed.item, state: sealed.state } } : {}),
    differs: clusterDiffers,
  };
}
