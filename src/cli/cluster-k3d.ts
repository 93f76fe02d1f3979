import { diagnose, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import { k3dContext, k3dFolder, knowsK3d } from '../cluster/k3d/folder.js';
import type { K3dVerb } from '../cluster/k3d/index.js';
import { jsonText } from '../views/json.js';
import { dryRunJson, dryRunText, k3dStatusJson, k3dStatusText, type ListedK3d } from '../views/k3d.js';
import type { ChosenCluster } from './choose-cluster.js';
import { confirm } from './carry-out.js';
import { printDiagnostics } from './failure.js';
import { toggle } from './flag.js';
import { withSteps } from './platform-world.js';
import type { Terminal } from './terminal.js';

/** `--dry-run` of everything that calls k3d. */
export const dryRunFlag = { dryRun: toggle('Print the commands of k3d and its configuration, and run none') };

export type ChosenK3d = ChosenCluster & { k3d: NonNullable<ChosenCluster['k3d']> };

interface Asked {
  flags: { output: 'text' | 'json'; dryRun?: boolean; yes?: boolean };
  terminal: Terminal;
  signal: AbortSignal;
}

/** Tells whether a chosen cluster is of k3d; a dry run of any other is refused, since it calls no program. */
export function isK3d(chosen: ChosenCluster, where: string, flags: { dryRun?: boolean }): chosen is ChosenK3d {
  if (chosen.k3d) return true;
  if (flags.dryRun) throw new MostikError([diagnose('argument-invalid', { where: `${where} --dry-run`, expected: 'a platform with `cluster: { provider: k3d }`', value: `embedded cluster ${chosen.name}` })]);
  return false;
}

/** Carries out a verb of `mostik cluster` with k3d, or prints what it would tell k3d. */
export async function k3dVerb(verb: K3dVerb, chosen: ChosenK3d, asked: Asked): Promise<ExitCode> {
  if (asked.flags.dryRun) return printDryRun(verb, chosen, asked);
  const { name } = chosen;
  const { flags, terminal, signal } = asked;
  const k3d = await import('../cluster/k3d/index.js');
  if (verb === 'delete' && flags.yes === false) await confirm(`Delete k3d cluster ${name} with everything in it?`, { terminal, signal, where: 'mostik cluster delete' });
  const changed = await withSteps(terminal, async (steps) => {
    const options = { onProgress: steps.cluster, signal };
    if (verb === 'stop') return k3d.k3dStop(name, options);
    if (verb === 'delete') return k3d.k3dDelete(name, options);
    if (verb === 'create' && chosen.k3d.cluster) await k3d.k3dUp(chosen.k3d.cluster, options);
    else await k3d.k3dStart(name, options);
    return undefined;
  });
  if (changed === undefined) return printK3d(chosen, asked);
  const done = verb === 'stop' ? { stopped: changed } : { deleted: changed };
  const words = verb === 'stop' ? (changed ? 'stopped' : 'was not running') : changed ? 'deleted' : 'was not there';
  terminal.out(flags.output === 'json' ? jsonText({ version: 1, cluster: name, provider: 'k3d', ...done }) : `k3d cluster ${name} ${words}`);
  return exitCodes.done;
}

/** Prints what k3d would be told, for a cluster that a platform declares or that Mostik knows. */
export async function printDryRun(verb: K3dVerb, chosen: ChosenK3d, { flags, terminal }: Pick<Asked, 'flags' | 'terminal'>): Promise<ExitCode> {
  const { k3dDryRun } = await import('../operate/k3d.js');
  const dry = k3dDryRun(verb, chosen.name, chosen.k3d.cluster);
  terminal.out(flags.output === 'json' ? jsonText(dryRunJson(dry)) : dryRunText(dry));
  return exitCodes.done;
}

/** The clusters of k3d. Where it fails, as without Docker, that is said, and the others are listed nevertheless. */
export async function listK3d(terminal: Terminal, signal: AbortSignal): Promise<ListedK3d[]> {
  const { k3dList } = await import('../cluster/k3d/index.js');
  try {
    return (await k3dList({ signal })).map((state) => ({ ...state, foreign: !knowsK3d(state.name), context: k3dContext(state.name) }));
  } catch (error) {
    if (signal.aborted || !(error instanceof MostikError)) throw error;
    printDiagnostics(error.diagnostics.map((diagnostic) => ({ ...diagnostic, severity: 'warning' })), terminal);
    return [];
  }
}

/** Shows a k3d cluster as k3d says it is. */
export async function printK3d({ name, registry }: ChosenK3d, { flags, terminal, signal }: Asked): Promise<ExitCode> {
  const { k3dState } = await import('../cluster/k3d/index.js');
  const state = await k3dState(name, signal);
  if (state.state === 'absent') throw new MostikError([diagnose('k3d-cluster-missing', { cluster: name })]);
  const { kubeconfig, configuration } = k3dFolder(name);
  const view = { ...state, kubeconfig, context: k3dContext(name), configuration, registry };
  terminal.out(flags.output === 'json' ? jsonText(k3dStatusJson(view)) : k3dStatusText(view, terminal.outLook));
  return exitCodes.done;
}
