import { exitCodes } from '../diagnostics/index.js';
import { historyText } from '../views/history-human.js';
import { historyJson } from '../views/history-json.js';
import { jsonText } from '../views/json.js';
import { defineCommand } from './command.js';
import { dirArgument, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik history`: the generations that are kept. */
export const historyCommand = defineCommand({
  arguments: [dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag },
  examples: [['mostik history platforms/microservices', 'generations, the newest first']],
  run: async ({ args: [dir], flags, terminal, signal }) => {
    const { platformHistory } = await import('../operate/history.js');
    const generations = await withSteps(terminal, async (steps) => {
      const { target, place } = await openPlatform(dir, { flags, signal, steps });
      return { platform: place.platform, all: await platformHistory(target.kube, place) };
    });
    terminal.out(flags.output === 'json' ? jsonText(historyJson(generations.platform, generations.all)) : historyText(generations.all, terminal.outLook));
    return exitCodes.done;
  },
});
