import { exitCodes } from '../diagnostics/index.js';
import { generationDiffText } from '../views/history-human.js';
import { generationDiffJson } from '../views/history-json.js';
import { jsonText } from '../views/json.js';
import { defineCommand } from './command.js';
import { toggle } from './flag.js';
import { readGenerationNumber } from './generation-number.js';
import { dirArgument, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik diff`: what differs between two generations. */
export const diffCommand = defineCommand({
  arguments: [
    { name: 'from', description: 'Number of the older generation', required: true },
    { name: 'to', description: 'Number of the newer generation', required: true },
    dirArgument,
  ],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag, exitCode: toggle('Exit with 2 when they differ') },
  examples: [['mostik diff 3 4 platforms/microservices', 'what generation 4 changed']],
  run: async ({ args: [from, to, dir], flags, terminal, signal }) => {
    const numbers: [number, number] = [readGenerationNumber(from, 'mostik diff'), readGenerationNumber(to, 'mostik diff')];
    const { diffGenerations } = await import('../operate/history.js');
    const changes = await withSteps(terminal, async (steps) => {
      const { target, place } = await openPlatform(dir, { flags, signal, steps });
      return diffGenerations(target.kube, place, numbers);
    });
    const about = { from: numbers[0], to: numbers[1] };
    terminal.out(flags.output === 'json' ? jsonText(generationDiffJson(changes, about)) : generationDiffText(changes, terminal.outLook, about));
    return flags.exitCode && changes.length > 0 ? exitCodes.changes : exitCodes.done;
  },
});
