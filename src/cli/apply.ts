import { readFileSync, statSync } from 'node:fs';
import { diagnose, MostikError, type ExitCode } from '../diagnostics/index.js';
import type { Planned } from '../pipeline.js';
import type { PlanFlags } from '../plan/index.js';
import { carryOut, requireAnswer } from './carry-out.js';
import { defineCommand, type Invocation } from './command.js';
import { text } from './flag.js';
import { applyFlags, dangerFlags, dirArgument, outputFlag, platformFlags, sealingFlags, targetFlags } from './platform-flags.js';
import { demandRehearsal } from './rehearsed.js';
import { openPlatform, planFlagsOf, sameInputs, withSteps, type PlatformWorld } from './platform-world.js';

const rehearsedFlag = { rehearsed: text('Apply only if this report says that exactly this plan was rehearsed and went well', { value: 'REPORT.json', complete: 'files' }) };
const flags = { ...platformFlags, ...targetFlags, ...sealingFlags, ...outputFlag, ...applyFlags, ...dangerFlags, ...rehearsedFlag };
const where = 'mostik apply';

/** `mostik apply`: makes the cluster what the files say. */
export const applyCommand = defineCommand({
  details: 'Shows the plan and asks; --yes answers. Without a terminal and without --yes it does nothing and says so. A failure stops what stands on it; the rest is finished.',
  arguments: [{ ...dirArgument, description: 'Folder of the platform file, the file, or a plan saved by mostik plan --out', complete: 'files' }],
  flags,
  examples: [
    ['mostik apply platforms/microservices -p prod', 'show the plan, ask, apply, wait'],
    ['mostik apply --yes --timeout 10m --rollback-on-failure', 'in a pipeline'],
    ['mostik apply plan.json', 'apply a saved plan, if nothing has changed since'],
    ['mostik apply -p prod --rehearsed rehearsal.json', 'apply only what mostik rehearse --report found to go well'],
    ['mostik apply --delete-claim=data-postgres-0', 'delete a claim that is no longer declared, with its data'],
  ],
  run: async (invocation): Promise<ExitCode> => {
    const [dir] = invocation.args;
    requireAnswer(where, invocation.flags, invocation.terminal);
    const { platform, target, planned } = await withSteps(invocation.terminal, async (steps) => {
      const reading = { flags: invocation.flags, signal: invocation.signal, steps };
      const world = await (dir !== undefined && isPlanFile(dir) ? planAgain(dir, reading) : planNow(dir, reading));
      const { rehearsed } = invocation.flags;
      if (rehearsed !== undefined) await demandRehearsal(rehearsed, world, { signal: invocation.signal, onProgress: steps.engine });
      return world;
    });
    const statusCommand = sameInputs('mostik status', dir !== undefined && isPlanFile(dir) ? platform.dir : dir, invocation.flags);
    return carryOut({ planned, target, keep: platform.state.keep, where, ask: { verb: 'Apply', needed: true }, statusCommand }, invocation);
  },
});

/** A plan, and the flags it was made with: a saved plan brings its own. */
type PlannedWorld = PlatformWorld & { planned: Planned; flags: PlanFlags };

type Reading = Pick<Invocation<typeof flags>, 'flags' | 'signal'> & { steps: Parameters<typeof openPlatform>[1]['steps'] };

async function planNow(dir: string | undefined, reading: Reading): Promise<PlannedWorld> {
  const { planPlatform } = await import('../pipeline.js');
  const world = await openPlatform(dir, reading);
  const flags = planFlagsOf(reading.flags);
  const planned = await planPlatform(world.platform, world.target.kube, { flags, sealingKeys: reading.flags.sealingKey, signal: reading.signal, onProgress: reading.steps.engine });
  return { ...world, planned, flags };
}

/** What varies the platform is in the saved plan: a flag beside it would be another plan. */
async function planAgain(file: string, reading: Reading): Promise<PlannedWorld> {
  const { profile, file: overlays, set } = reading.flags;
  if (profile.length + overlays.length + set.length > 0) throw new MostikError([diagnose('argument-invalid', { where: `${where} ${file}`, expected: 'a saved plan without -p, -f and --set, which are in it', value: 'them as well' })]);
  const [{ replan }, { parsePlanJson }] = await Promise.all([import('../pipeline.js'), import('../plan/index.js')]);
  const saved = parsePlanJson(readFileSync(file, 'utf8'), file);
  const named = { ...reading.flags, profile: saved.inputs.profiles, file: saved.inputs.overlays, set: saved.inputs.sets };
  const world = await openPlatform(saved.inputs.dir, { ...reading, flags: named });
  const { planned } = await replan(saved, world.target.kube, { sealingKeys: reading.flags.sealingKey, signal: reading.signal, onProgress: reading.steps.engine });
  return { ...world, planned, flags: saved.inputs.flags };
}

function isPlanFile(path: string): boolean {
  return path.endsWith('.json') && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
