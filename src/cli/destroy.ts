import { carryOut, requireAnswer } from './carry-out.js';
import { defineCommand } from './command.js';
import { applyFlags, dangerFlags, dirArgument, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { openPlatform, planFlagsOf, sameInputs, withSteps } from './platform-world.js';

const where = 'mostik destroy';

/** `mostik destroy`: the plan of an empty platform, applied. */
export const destroyCommand = defineCommand({
  details: 'Namespaces that Mostik did not make are never deleted. A claim goes only with --delete-claim=NAME.',
  arguments: [dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag, yes: applyFlags.yes, noWait: applyFlags.noWait, timeout: applyFlags.timeout, deleteClaim: dangerFlags.deleteClaim, deleteCrd: dangerFlags.deleteCrd, allow: dangerFlags.allow, takePlatform: dangerFlags.takePlatform },
  examples: [
    ['mostik destroy platforms/microservices', 'show what goes, ask, take it away'],
    ['mostik destroy --yes --delete-claim=data-postgres-0', 'with the data of one claim'],
  ],
  run: async ({ args: [dir], flags: given, terminal, signal }) => {
    requireAnswer(where, given, terminal);
    const flags = { ...given, replace: [], takeOver: [], start: false, rollbackOnFailure: false };
    const { planDestroy } = await import('../pipeline.js');
    const { platform, target, planned } = await withSteps(terminal, async (steps) => {
      const world = await openPlatform(dir, { flags, signal, steps });
      return { ...world, planned: await planDestroy(world.target.kube, world.place, { flags: planFlagsOf(flags) }) };
    });
    return carryOut({ planned, target, keep: platform.state.keep, where, ask: { verb: 'Destroy: apply', needed: true }, statusCommand: sameInputs('mostik status', dir, flags) }, { flags, terminal, signal });
  },
});
