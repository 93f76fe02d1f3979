import { diagnose, exitCodes, MostikError } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import type { EngineName } from '../engine/index.js';
import { engineStatusText, enginesText, removedText } from '../views/engine-human.js';
import { engineStatusJson, enginesJson } from '../views/engine-json.js';
import { jsonText } from '../views/json.js';
import { defineCommand, type Argument } from './command.js';
import { toggle } from './flag.js';
import { outputFlag } from './platform-flags.js';
import { withSteps } from './platform-world.js';

const names = ['render', 'cluster'] as const satisfies readonly EngineName[];
const engineArgument: Argument = { name: 'engine', description: 'render (Helm, kustomize) or cluster (Kubernetes, etcd, KWOK); both without any', rest: true, complete: names };

/** `mostik engine status`. */
export const statusCommand = defineCommand({
  flags: { ...outputFlag },
  examples: [['mostik engine status', 'engines, their versions and sources']],
  run: async ({ flags, terminal }) => {
    const { cachedEngines, engineStatus } = await import('../engine/index.js');
    const [engines, cached] = [await engineStatus(), cachedEngines()];
    terminal.out(flags.output === 'json' ? jsonText(engineStatusJson(engines, cached)) : engineStatusText(engines, cached, terminal.outLook));
    return exitCodes.done;
  },
});

/** `mostik engine install`. */
export const installCommand = defineCommand({
  arguments: [engineArgument],
  flags: { ...outputFlag },
  examples: [
    ['mostik engine install', 'both'],
    ['mostik engine install render', 'what render and check need'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const wanted = readNames(args);
    const { installEngines } = await import('../engine/index.js');
    const engines = await withSteps(terminal, (steps) => installEngines(wanted, { signal, onProgress: steps.engine }));
    terminal.out(flags.output === 'json' ? jsonText(enginesJson(engines)) : enginesText(engines, terminal.outLook));
    return exitCodes.done;
  },
});

/** `mostik engine remove`. */
export const removeCommand = defineCommand({
  details: 'With --all the current ones too: a running cluster then cannot start a dead component again.',
  flags: { ...outputFlag, all: toggle('The current engines too') },
  examples: [
    ['mostik engine remove', 'free the space of old engines'],
    ['mostik engine remove --all', 'empty the cache'],
  ],
  run: async ({ flags, terminal }) => {
    const { removeEngines } = await import('../engine/index.js');
    const removed = removeEngines({ all: flags.all });
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, removed }) : removedText(removed));
    return exitCodes.done;
  },
});

function readNames(args: readonly string[]): EngineName[] {
  if (args.length === 0) return [...names];
  return args.map((arg) => {
    const found = names.find((name) => name === arg);
    if (found !== undefined) return found;
    const near = didYouMean(arg, names);
    throw new MostikError([diagnose('argument-invalid', { where: 'mostik engine install', expected: `${names.join(' or ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`, value: JSON.stringify(arg) })]);
  });
}
