import { writeFileSync } from 'node:fs';
import { diagnose, exitCodeOf, exitCodes, MostikError } from '../diagnostics/index.js';
import { jsonText } from '../views/json.js';
import { planText } from '../views/plan-human.js';
import { defineCommand } from './command.js';
import { text, toggle } from './flag.js';
import { dangerFlags, dirArgument, inputsOf, outputFlag, platformFlags, sealingFlags, targetFlags } from './platform-flags.js';
import { openPlatform, planFlagsOf, sameInputs, withSteps } from './platform-world.js';

/** `mostik plan`: what an apply would do, exactly. */
export const planCommand = defineCommand({
  details: 'Asks the server with dry runs and takes no lock. A plan saved with --out is applied with mostik apply plan.json, and refused when a live field or a file has changed since.',
  arguments: [dirArgument],
  flags: {
    ...platformFlags,
    ...targetFlags,
    ...sealingFlags,
    ...outputFlag,
    out: text('Save the plan in this file, to apply it later', { value: 'FILE', complete: 'files' }),
    exitCode: toggle('Exit with 2 when there are changes'),
    ...dangerFlags,
  },
  examples: [
    ['mostik plan platforms/microservices -p dev', 'what would change with profile dev'],
    ['mostik plan --set web.image.tag=2 --exit-code', 'for a pipeline: exit 2 when anything would change'],
    ['mostik plan --out plan.json && mostik apply plan.json', 'apply exactly what was looked at'],
  ],
  run: async ({ args: [dir], flags, terminal, signal }) => {
    const [{ planInputs, planPlatform }, { hasChanges, planJson }, { refusals }] = await Promise.all([import('../pipeline.js'), import('../plan/index.js'), import('../apply/index.js')]);
    const { platform, target, plan } = await withSteps(terminal, async (steps) => {
      const world = await openPlatform(dir, { flags, signal, steps });
      const { plan } = await planPlatform(world.platform, world.target.kube, { flags: planFlagsOf(flags), sealingKeys: flags.sealingKey, signal, onProgress: steps.engine });
      return { ...world, plan };
    });
    const refused = refusals(plan)[0];
    if (flags.out !== undefined && refused === undefined) {
      save(flags.out, jsonText(planJson(plan, planInputs(inputsOf(dir, flags), platform, planFlagsOf(flags)))));
    }
    const applyCommand = flags.out === undefined ? sameInputs('mostik apply', dir, flags) : `mostik apply ${flags.out}`;
    terminal.out(flags.output === 'json' ? jsonText(planJson(plan)) : planText(plan, terminal.outLook, { simulated: target.simulated, applyCommand }));
    if (refused !== undefined) return exitCodeOf(refused);
    return flags.exitCode && hasChanges(plan) ? exitCodes.changes : exitCodes.done;
  },
});

function save(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new MostikError([diagnose('file-not-writable', { path, problem: error instanceof Error ? error.message : String(error) })]);
  }
}
