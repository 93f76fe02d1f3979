import type { Workplace } from '../operate/select-pods.js';
import { chooseCluster, clusterChoiceFlags, hasPlatform } from './choose-cluster.js';
import type { Argument } from './command.js';
import { declaredPods } from './declared-pods.js';
import { text, type Values } from './flag.js';
import { platformFlags, targetFlags } from './platform-flags.js';
import type { Steps } from './steps.js';

/** Flags of commands that work with running pods. */
export const workFlags = {
  ...clusterChoiceFlags,
  ...targetFlags,
  profile: platformFlags.profile,
  namespace: text('Namespace of pods and objects that are named; those of the platform without it', { short: 'n', value: 'NAME' }),
};

/** The container among several. */
export const containerFlag = { container: text('Container of the pod; its first, or that of its annotation, by default', { short: 'c', value: 'NAME' }) };

/** A component, a pod or another object with pods. */
export const workArgument: Argument = { name: 'component', description: 'A component, a pod, or KIND/NAME such as deployment/web', required: true, complete: 'components' };

interface Opening {
  /** The command, for messages. */
  where: string;
  signal: AbortSignal;
  steps: Steps;
}

/** Connects to where pods run: the platform's cluster, or any that a flag names; there components are known by the platform's state. */
export async function openWorkplace(flags: Values<typeof workFlags>, { where, signal, steps }: Opening): Promise<Workplace> {
  const { embeddedTarget, foreignTarget, openTarget } = await import('../operate/target.js');
  const { context, kubeconfig, namespace } = flags;
  if (flags.dir !== undefined || hasPlatform('.')) {
    const { readPlatform } = await import('../pipeline.js');
    const platform = await readPlatform({ dir: flags.dir ?? '.', profiles: flags.profile, overlays: [], sets: [] }, { signal, onProgress: steps.engine });
    const target = flags.cluster !== undefined ? await embeddedTarget(flags.cluster, signal) : await openTarget(platform, { context, kubeconfig, signal });
    return { target, place: { platform: platform.name, namespace: platform.state.namespace }, namespace, declared: declaredPods(platform) };
  }
  if (context !== undefined || kubeconfig !== undefined) return { target: await foreignTarget({ context, kubeconfig, signal }), namespace };
  const { name } = await chooseCluster(flags.cluster, { where, dir: undefined, signal });
  return { target: await embeddedTarget(name, signal), namespace };
}
