import { exitCodes } from '../diagnostics/index.js';
import { jsonText } from '../views/json.js';
import { topText } from '../views/top.js';
import { defineCommand } from './command.js';
import { componentsArgument, dailyFlags } from './daily-flags.js';
import { declaredPods } from './declared-pods.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik top`: CPU and memory. */
export const topCommand = defineCommand({
  details: 'What pods use, by component, against their requests and limits, and what nodes use. Needs metrics-server, which a real node of Mostik has.',
  arguments: [componentsArgument],
  flags: dailyFlags,
  examples: [
    ['mostik top', 'every component, and the nodes'],
    ['mostik top api-gateway -o json', 'one of them, for a program: cores and bytes'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const { platformTop } = await import('../operate/top.js');
    const top = await withSteps(terminal, async (steps) => {
      const { target, place, platform } = await openPlatform(flags.dir, { flags, signal, steps });
      return platformTop(target, place, { names: args, declared: declaredPods(platform), signal });
    });
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, ...top }) : topText(top, terminal.outLook));
    return exitCodes.done;
  },
});
