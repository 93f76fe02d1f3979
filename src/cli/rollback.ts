import { carryOut, requireAnswer } from './carry-out.js';
import { defineCommand } from './command.js';
import { splitGeneration } from './generation-number.js';
import { applyFlags, dangerFlags, dirArgument, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { openPlatform, planFlagsOf, sameInputs, withSteps } from './platform-world.js';

const where = 'mostik rollback';

/** `mostik rollback`: the plan of an older generation, applied. */
export const rollbackCommand = defineCommand({
  details: 'Without a number it goes to the generation that succeeded before the last one. It is a plan like any other: shown, asked, applied, and recorded as a new generation.',
  arguments: [{ name: 'gen', description: 'Number of a generation; the success before the last without it' }, dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag, ...applyFlags, ...dangerFlags },
  examples: [
    ['mostik rollback', 'back to the last good generation'],
    ['mostik rollback 3 platforms/microservices --yes', 'back to generation 3, without a question'],
  ],
  run: async (invocation) => {
    const { args, flags, terminal, signal } = invocation;
    const { generation, dir } = splitGeneration(args, where);
    requireAnswer(where, flags, terminal);
    const { planRollback } = await import('../pipeline.js');
    const { platform, target, planned } = await withSteps(terminal, async (steps) => {
      const world = await openPlatform(dir, { flags, signal, steps });
      const planned = await planRollback(world.target.kube, world.place, { generation, flags: planFlagsOf(flags) });
      return { ...world, planned };
    });
    return carryOut({ planned, target, keep: platform.state.keep, where, ask: { verb: 'Roll back with', needed: true }, statusCommand: sameInputs('mostik status', dir, flags) }, invocation);
  },
});
