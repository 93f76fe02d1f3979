import { chooseKubeconfig, clusterChoiceFlags } from './choose-cluster.js';
import { defineCommand } from './command.js';
import { passThrough } from './pass-through.js';
import { withSteps } from './platform-world.js';

/** `mostik helm`: the engine's Helm on the platform's cluster. */
export const helmCommand = defineCommand({
  details: 'Everything from the first word that is no flag of Mostik goes to Helm; -- makes it plain. Without a platform and a cluster it runs with your own kubeconfig.',
  arguments: [{ name: 'words', description: 'What Helm is to do', rest: true }],
  flags: clusterChoiceFlags,
  passThrough: true,
  examples: [
    ['mostik helm -- template web charts/web', 'render a chart as plain Helm does'],
    ['mostik helm --cluster hello -- list -A', 'releases of a cluster'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const { ensureEngine } = await import('../engine/index.js');
    const engine = await withSteps(terminal, (steps) => ensureEngine('render', { signal, onProgress: steps.engine }));
    const needsCluster = !(args[0] !== undefined && withoutCluster.has(args[0]));
    const env = needsCluster || flags.cluster !== undefined ? await chooseKubeconfig('mostik helm', flags, signal) : {};
    return passThrough({ name: 'helm', path: engine.path, args: ['helm', ...args] }, env);
  },
});

/** Commands of Helm that work on charts alone. */
const withoutCluster = new Set(['template', 'lint', 'show', 'package', 'dependency', 'dep', 'create', 'pull', 'push', 'repo', 'search', 'registry', 'version', 'env', 'help', 'completion', 'verify']);
