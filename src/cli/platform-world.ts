import type { ResolvedPlatform } from '../model/index.js';
import type { Target } from '../operate/target.js';
import type { PlanFlags } from '../plan/index.js';
import type { Values } from './flag.js';
import type { dangerFlags, platformFlags, sealingFlags, targetFlags } from './platform-flags.js';
import { inputsOf } from './platform-flags.js';
import { showSteps, type Steps } from './steps.js';
import type { Terminal } from './terminal.js';

/** A platform that was read, and the cluster it is about. */
export interface PlatformWorld {
  platform: ResolvedPlatform;
  target: Target;
  /** Which platform, and where its state is. */
  place: { platform: string; namespace: string };
}

interface Reading {
  flags: Values<typeof platformFlags> & Values<typeof targetFlags>;
  signal: AbortSignal;
  steps: Steps;
}

/** Runs work with steps told on stderr, and takes their line away at the end whatever happens. */
export async function withSteps<T>(terminal: Terminal, work: (steps: Steps) => Promise<T>): Promise<T> {
  const steps = showSteps(terminal);
  try {
    return await work(steps);
  } finally {
    steps.end();
  }
}

/** Reads the platform that the user names and connects to its cluster. */
export async function openPlatform(dir: string | undefined, { flags, signal, steps }: Reading): Promise<PlatformWorld> {
  const [{ readPlatform }, { openTarget }] = await Promise.all([import('../pipeline.js'), import('../operate/target.js')]);
  const platform = await readPlatform(inputsOf(dir, flags), { signal, onProgress: steps.engine });
  const target = await openTarget(platform, { context: flags.context, kubeconfig: flags.kubeconfig, signal });
  return { platform, target, place: { platform: platform.name, namespace: platform.state.namespace } };
}

/** The flags that allow dangers, as the plan takes them. */
export function planFlagsOf(flags: Values<typeof dangerFlags>): PlanFlags {
  return { deleteClaims: flags.deleteClaim, deleteCrds: flags.deleteCrd, replace: flags.replace, takeOver: flags.takeOver, allow: flags.allow, takePlatform: flags.takePlatform, ...(flags.start ? { start: true } : {}) };
}

/** Commands that open sealed secrets. */
const opening = ['mostik up', 'mostik plan', 'mostik apply'];

/** A command line that names the same platform: `mostik apply DIR -p prod`. */
export function sameInputs(command: string, dir: string | undefined, flags: Values<typeof platformFlags> & Values<typeof targetFlags> & Partial<Values<typeof sealingFlags>>): string {
  const words = [command, ...(dir === undefined ? [] : [dir])];
  for (const profile of flags.profile) words.push('-p', profile);
  for (const file of flags.file) words.push('-f', file);
  for (const set of flags.set) words.push('--set', set);
  if (flags.context !== undefined) words.push('--context', flags.context);
  if (flags.kubeconfig !== undefined) words.push('--kubeconfig', flags.kubeconfig);
  if (opening.includes(command)) for (const file of flags.sealingKey ?? []) words.push('--sealing-key', file);
  return words.map(shellWord).join(' ').replace(shellWord(command), command);
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
