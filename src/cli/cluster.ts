import type { ClusterRecord } from '../cluster/index.js';
import { k3dFolder } from '../cluster/k3d/folder.js';
import { diagnose, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import type { NodeSpec } from '../model/index.js';
import { clusterListText, clusterStatusText } from '../views/cluster-human.js';
import { clusterListJson, clusterStatusJson } from '../views/cluster-json.js';
import { jsonText } from '../views/json.js';
import { confirm } from './carry-out.js';
import { chooseCluster, dirFlag, recordOf } from './choose-cluster.js';
import { dryRunFlag, isK3d, k3dVerb, listK3d, printK3d } from './cluster-k3d.js';
import { defineCommand, type Argument } from './command.js';
import { text, toggle, wholeNumber } from './flag.js';
import { outputFlag, platformFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';
import type { Terminal } from './terminal.js';

const nameArgument: Argument = { name: 'name', description: 'Name of the cluster; that of the platform in --dir without it, else the only one there is', complete: 'clusters' };

/** Profiles may choose another cluster. */
const profileFlag = { profile: platformFlags.profile };

/** `mostik cluster create`. */
export const createCommand = defineCommand({
  arguments: [nameArgument],
  flags: {
    ...dirFlag,
    ...profileFlag,
    ...outputFlag,
    ...dryRunFlag,
    kubernetes: text('Minor version, such as 1.36', { value: 'VERSION' }),
    nodes: wholeNumber('Number of simulated nodes; those of the platform, or 3', { value: 'COUNT', least: 1 }),
    real: toggle('One real node: containers run on this machine (Linux, root)'),
    cpu: text('CPU cores of each node, with --nodes', { value: 'QUANTITY' }),
    memory: text('Memory of each node, with --nodes', { value: 'QUANTITY' }),
    audit: toggle('Keep an audit log of every request'),
    throwAway: toggle('Faster, but lost at a power cut: for clusters that live for one run'),
  },
  examples: [
    ['mostik cluster create hello', 'a cluster of three simulated nodes'],
    ['mostik cluster create big --nodes 20 --cpu 16 --memory 64Gi', 'larger nodes, more of them'],
    ['mostik cluster create try --real', 'a node whose containers really run'],
    ['mostik cluster create --dir platforms/microservices', 'the cluster that a platform declares'],
    ['mostik cluster create --dry-run', 'with provider k3d: its configuration and commands, none run'],
  ],
  run: async ({ args: [name], flags, terminal, signal }) => {
    const { clusterUp } = await import('../operate/cluster.js');
    const chosen = await chooseCluster(name, { where: 'mostik cluster create', dir: flags.dir, profiles: flags.profile, signal, mayBeNew: true });
    if (isK3d(chosen, 'mostik cluster create', flags)) return k3dVerb('create', chosen, { flags, terminal, signal });
    const nodes = flags.real ? await realNodes() : flags.nodes === undefined ? chosen.nodes : await workers(flags.nodes, { cpu: flags.cpu, memory: flags.memory });
    const record = await withSteps(terminal, (steps) =>
      clusterUp({ name: chosen.name, kubernetes: flags.kubernetes ?? chosen.kubernetes, nodes, registry: chosen.registry, audit: flags.audit, throwAway: flags.throwAway, onProgress: steps.cluster, signal }),
    );
    return printCluster(record, flags.output, terminal);
  },
});

/** `mostik cluster start`. */
export const startCommand = defineCommand({
  arguments: [nameArgument],
  flags: { ...dirFlag, ...profileFlag, ...outputFlag, ...dryRunFlag },
  examples: [['mostik cluster start hello', 'and wait until it is ready']],
  run: async ({ args: [name], flags, terminal, signal }) => {
    const { clusterStart } = await import('../operate/cluster.js');
    const chosen = await chooseCluster(name, { where: 'mostik cluster start', dir: flags.dir, profiles: flags.profile, signal });
    if (isK3d(chosen, 'mostik cluster start', flags)) return k3dVerb('start', chosen, { flags, terminal, signal });
    const record = await withSteps(terminal, (steps) => clusterStart(chosen.name, { onProgress: steps.cluster, signal }));
    return printCluster(record, flags.output, terminal);
  },
});

/** `mostik cluster stop`. */
export const stopCommand = defineCommand({
  arguments: [nameArgument],
  flags: { ...dirFlag, ...profileFlag, ...outputFlag, ...dryRunFlag },
  examples: [['mostik cluster stop hello', 'frees its memory; start brings it back']],
  run: async ({ args: [name], flags, terminal, signal }) => {
    const { stopCluster } = await import('../cluster/index.js');
    const chosen = await chooseCluster(name, { where: 'mostik cluster stop', dir: flags.dir, profiles: flags.profile, signal });
    if (isK3d(chosen, 'mostik cluster stop', flags)) return k3dVerb('stop', chosen, { flags, terminal, signal });
    const stopped = await withSteps(terminal, (steps) => stopCluster(chosen.name, { onProgress: steps.cluster, signal }));
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, cluster: chosen.name, stopped }) : stopped ? `cluster ${chosen.name} stopped` : `cluster ${chosen.name} was not running`);
    return exitCodes.done;
  },
});

/** `mostik cluster delete`. */
export const deleteCommand = defineCommand({
  details: 'Asks when no name is given; --yes answers.',
  arguments: [nameArgument],
  flags: { ...dirFlag, ...profileFlag, ...outputFlag, ...dryRunFlag, yes: toggle('Do not ask', { short: 'y' }) },
  examples: [['mostik cluster delete hello', 'its processes, its data, its folder']],
  run: async ({ args: [name], flags, terminal, signal }) => {
    const { deleteCluster } = await import('../cluster/index.js');
    const where = 'mostik cluster delete';
    const chosen = await chooseCluster(name, { where, dir: flags.dir, profiles: flags.profile, signal });
    if (isK3d(chosen, where, flags)) return k3dVerb('delete', chosen, { flags: { ...flags, yes: flags.yes || name !== undefined }, terminal, signal });
    if (name === undefined && !flags.yes) await confirm(`Delete cluster ${chosen.name} with everything in it?`, { terminal, signal, where });
    const deleted = await withSteps(terminal, (steps) => deleteCluster(chosen.name, { onProgress: steps.cluster, signal }));
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, cluster: chosen.name, deleted }) : deleted ? `cluster ${chosen.name} deleted` : `cluster ${chosen.name} was not there`);
    return exitCodes.done;
  },
});

/** `mostik cluster list`. */
export const listCommand = defineCommand({
  flags: { ...outputFlag },
  details: 'Those of k3d are listed where the k3d command is; it is asked how they are.',
  examples: [['mostik cluster list', 'names, providers, states, versions, nodes']],
  run: async ({ flags, terminal, signal }) => {
    const [{ listClusters }, { describeCluster }] = await Promise.all([import('../cluster/index.js'), import('./describe-cluster.js')]);
    const list = { embedded: listClusters().map(describeCluster), k3d: await listK3d(terminal, signal) };
    terminal.out(flags.output === 'json' ? jsonText(clusterListJson(list)) : clusterListText(list, terminal.outLook, Date.now()));
    return exitCodes.done;
  },
});

/** `mostik cluster status`. */
export const statusCommand = defineCommand({
  arguments: [nameArgument],
  flags: { ...dirFlag, ...profileFlag, ...outputFlag },
  examples: [['mostik cluster status hello', 'what runs, and how it fares']],
  run: async ({ args: [name], flags, terminal, signal }) => {
    const chosen = await chooseCluster(name, { where: 'mostik cluster status', dir: flags.dir, profiles: flags.profile, signal });
    if (isK3d(chosen, 'mostik cluster status', {})) return printK3d(chosen, { flags, terminal, signal });
    return printCluster(await recordOf(chosen.name), flags.output, terminal);
  },
});

/** `mostik cluster kubeconfig`. */
export const kubeconfigCommand = defineCommand({
  arguments: [nameArgument],
  flags: { ...dirFlag, ...profileFlag, content: toggle('The file itself, with its client key') },
  examples: [['export KUBECONFIG=$(mostik cluster kubeconfig hello)', 'kubectl and other tools then use this cluster']],
  run: async ({ args: [name], flags, terminal, signal }) => {
    const { readFile } = await import('node:fs/promises');
    const chosen = await chooseCluster(name, { where: 'mostik cluster kubeconfig', dir: flags.dir, profiles: flags.profile, signal });
    const { kubeconfig } = chosen.k3d ? k3dFolder(chosen.name) : await recordOf(chosen.name);
    terminal.out(flags.content ? await readFile(kubeconfig, 'utf8') : kubeconfig);
    return exitCodes.done;
  },
});

async function printCluster(record: ClusterRecord, output: 'text' | 'json', terminal: Terminal): Promise<ExitCode> {
  const { describeCluster } = await import('./describe-cluster.js');
  const cluster = describeCluster(record);
  terminal.out(output === 'json' ? jsonText(clusterStatusJson(cluster)) : clusterStatusText(cluster, terminal.outLook));
  return exitCodes.done;
}

async function realNodes(): Promise<NodeSpec[]> {
  const { NodeSpec } = await import('../model/schema.js');
  return [NodeSpec.parse({ name: 'node', real: true })];
}

async function workers(count: number, size: { cpu: string | undefined; memory: string | undefined }): Promise<NodeSpec[]> {
  const { NodeSpec } = await import('../model/schema.js');
  const read = NodeSpec.safeParse({ name: 'worker', count, ...size });
  if (read.success) return [read.data];
  const problems = read.error.issues.map(({ path, message }) => diagnose('flag-invalid', { where: `mostik cluster create --${path.join('.')}`, expected: message, value: JSON.stringify(path[0] === 'cpu' ? size.cpu : path[0] === 'memory' ? size.memory : count), hint: '' }));
  throw new MostikError(problems);
}
