import { chooseKubeconfig, clusterChoiceFlags } from './choose-cluster.js';
import { defineCommand } from './command.js';
import { passThrough } from './pass-through.js';
import { withSteps } from './platform-world.js';

/** `mostik kubectl`: the engine's kubectl on the platform's cluster. */
export const kubectlCommand = defineCommand({
  details: 'Everything from the first word that is no flag of Mostik goes to kubectl; -- makes it plain.',
  arguments: [{ name: 'words', description: 'What kubectl is to do', rest: true }],
  flags: clusterChoiceFlags,
  passThrough: true,
  examples: [
    ['mostik kubectl -- get pods -A', 'pods of the platform in this folder'],
    ['mostik kubectl --cluster hello -- logs deploy/web', 'of a cluster by its name'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const [{ ensureEngine }, env] = await Promise.all([import('../engine/index.js'), chooseKubeconfig('mostik kubectl', flags, signal)]);
    const engine = await withSteps(terminal, (steps) => ensureEngine('cluster', { signal, onProgress: steps.engine }));
    return passThrough({ name: 'kubectl', path: engine.path, args: ['kubectl', ...args] }, env);
  },
});
