import { diagnose, exitCodeOf, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import type { Changed } from '../operate/change-files.js';
import type { StageOptions } from '../pipeline.js';
import { editsJson, editsText } from '../views/file-edits.js';
import { jsonText } from '../views/json.js';
import { planText } from '../views/plan-human.js';
import { carryOut, requireAnswer } from './carry-out.js';
import { defineCommand, type Argument, type Invocation } from './command.js';
import { componentArgument, dailyFlags } from './daily-flags.js';
import { text, toggle } from './flag.js';
import { applyFlags, dangerFlags, inputsOf, sealingFlags } from './platform-flags.js';
import { openPlatform, planFlagsOf, sameInputs, withSteps } from './platform-world.js';

const changeFlags = { ...dailyFlags, ...sealingFlags, ...applyFlags, ...dangerFlags };
const applyFlag = { apply: toggle('Apply the plan as well; asks unless --yes') };
type ChangeInvocation = Invocation<typeof changeFlags>;

/** `mostik set image`: another image, written into the files. */
export const setImageCommand = defineCommand({
  details: 'Writes the image where it is set now: a value, a workload, a manifest; comments, order and quotes stay. Nothing is written unless the platform passes check with it. Then the plan is shown.',
  arguments: [componentArgument, { name: 'image', description: 'Image with its tag or digest', required: true }],
  flags: { ...changeFlags, ...applyFlag, container: text('The container that is meant, where there are several', { value: 'NAME' }) },
  examples: [
    ['mostik set image web registry.example.org/web:1.4', 'write it and show the plan'],
    ['mostik set image web web:1.4 --apply --yes --rollback-on-failure', 'and roll it out; back again if it does not come up'],
  ],
  run: async (invocation) => {
    const { args: [name = '', image = ''], flags } = invocation;
    const { setImage } = await import('../operate/change-files.js');
    return changeFiles('mostik set image', invocation, { apply: flags.apply, work: (options) => setImage(inputsOf(flags.dir, flags), { name, image, container: flags.container }, options) });
  },
});

/** `mostik set value`: one value, written into the files. */
export const setValueCommand = defineCommand({
  details: 'PATH=VALUE is read as --set reads it: a values path of a chart, a field of a native workload. It is written where it is set now, else into the component\'s own entry; comments, order and quotes stay. Nothing is written unless the platform passes check with it.',
  arguments: [componentArgument, { name: 'path=value', description: 'What to set', required: true }],
  flags: { ...changeFlags, ...applyFlag },
  examples: [
    ['mostik set value web image.tag=1.4', 'write it and show the plan'],
    ['mostik set value web resources.limits.memory=512Mi -p prod --apply', 'in the layer that sets it for prod, and roll it out'],
  ],
  run: async (invocation) => {
    const { args: [name = '', assignment = ''], flags } = invocation;
    if (!assignment.includes('=')) throw new MostikError([diagnose('argument-invalid', { where: 'mostik set value', expected: 'PATH=VALUE', value: JSON.stringify(assignment) })]);
    const { setValue } = await import('../operate/change-files.js');
    return changeFiles('mostik set value', invocation, { apply: flags.apply, work: (options) => setValue(inputsOf(flags.dir, flags), `${name}.${assignment}`, options) });
  },
});

const replicasArgument: Argument = { name: 'replicas', description: 'How many', required: true };

/** `mostik scale`: replicas, written into the files and applied. */
export const scaleCommand = defineCommand({
  details: 'Writes the number where the platform says it, then plans and applies: what the files say and what runs stay the same. Beside an autoscaler it refuses and says which bounds to change. To rest a component use mostik stop.',
  arguments: [componentArgument, replicasArgument],
  flags: changeFlags,
  examples: [
    ['mostik scale web 3', 'write, plan, ask where the cluster is not Mostik\'s own, apply'],
    ['mostik scale web 3 -p prod --yes', 'in the layer that sets it for prod'],
  ],
  run: async (invocation) => {
    const { args: [name = '', given = ''], flags } = invocation;
    const replicas = /^\d{1,5}$/.test(given) ? Number(given) : undefined;
    if (replicas === undefined) throw new MostikError([diagnose('argument-invalid', { where: 'mostik scale', expected: 'a whole number of replicas', value: JSON.stringify(given) })]);
    const { setReplicas } = await import('../operate/change-files.js');
    return changeFiles('mostik scale', invocation, { apply: true, work: (options) => setReplicas(inputsOf(flags.dir, flags), { name, replicas }, options) });
  },
});

/** Changes the files, shows how, plans, and applies when that is wanted. */
async function changeFiles(where: string, invocation: ChangeInvocation, { apply, work }: { apply: boolean; work(options: StageOptions): Promise<Changed> }): Promise<ExitCode> {
  const { flags, terminal, signal } = invocation;
  const { planPlatform } = await import('../pipeline.js');
  const { planned, target, platform, changed } = await withSteps(terminal, async (steps) => {
    const changed = await work({ signal, onProgress: steps.engine });
    steps.end();
    terminal.err(editsText(changed.edits, terminal.errLook));
    if (changed.edits.length > 0 && changed.objects.length === 0) terminal.err('No rendered object changes by it: nothing reads this value');
    const world = await openPlatform(flags.dir, { flags, signal, steps });
    if (apply && !world.target.owned) requireAnswer(where, flags, terminal);
    const planned = await planPlatform(world.platform, world.target.kube, { flags: planFlagsOf(flags), sealingKeys: flags.sealingKey, signal, onProgress: steps.engine });
    return { ...world, planned, changed };
  });
  const statusCommand = sameInputs('mostik status', flags.dir, flags);
  if (apply) return carryOut({ planned, target, keep: platform.state.keep, where, ask: { verb: 'Apply', needed: !target.owned }, statusCommand }, invocation);
  const [{ planJson }, { refusals }] = await Promise.all([import('../plan/index.js'), import('../apply/index.js')]);
  const applyCommand = sameInputs('mostik apply', flags.dir, flags);
  terminal.out(flags.output === 'json' ? jsonText({ version: 1, files: editsJson(changed.edits), objects: changed.objects, plan: planJson(planned.plan) }) : planText(planned.plan, terminal.outLook, { simulated: target.simulated, applyCommand }));
  const refused = refusals(planned.plan)[0];
  return refused === undefined ? exitCodes.done : exitCodeOf(refused);
}
