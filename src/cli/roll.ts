import { exitCodes, type ExitCode } from '../diagnostics/index.js';
import type { RolledComponent, RollVerb } from '../operate/roll.js';
import { jsonText } from '../views/json.js';
import { rolledJson, rolledText } from '../views/rolled.js';
import { printable } from '../views/text.js';
import { confirm, requireAnswer } from './carry-out.js';
import { defineCommand, type Command, type Example } from './command.js';
import { componentsArgument, dailyFlags } from './daily-flags.js';
import { applyFlags } from './platform-flags.js';
import { openPlatform, withSteps } from './platform-world.js';

const { yes, noWait, timeout } = applyFlags;

/** `mostik restart`: rolls pods. */
export const restartCommand = rollCommand('restart', {
  details: 'Rolls the pods as kubectl rollout restart does, what others stand on first, and waits until they are healthy. No plan takes it for drift. Stopped components are left alone.',
  examples: [
    ['mostik restart api-gateway', 'one component'],
    ['mostik restart web worker --dir platforms/microservices', 'several'],
  ],
});

/** `mostik stop`: scales to zero and remembers what it was. */
export const stopCommand = rollCommand('stop', {
  details: [
    'Scales Deployments and StatefulSets to zero, suspends CronJobs, pauses KEDA; an autoscaler of a stopped workload rests. Claims and their data stay.',
    'What it was is kept on the objects in the cluster: mostik start brings it back, from any machine.',
    'plan and apply leave a stopped component stopped, and say so; --start there starts it.',
  ].join('\n'),
  examples: [
    ['mostik stop worker', 'one component'],
    ['mostik stop', 'the whole platform, what stands on others first'],
  ],
});

/** `mostik start`: back to what it was. */
export const startCommand = rollCommand('start', {
  details: 'Brings what mostik stop has stopped back to what it was, what others stand on first, and waits until it is healthy.',
  examples: [
    ['mostik start', 'everything that was stopped'],
    ['mostik start worker --no-wait', 'one component'],
  ],
});

function rollCommand(verb: RollVerb, { details, examples }: { details: string; examples: readonly [Example, ...Example[]] }): Command {
  const where = `mostik ${verb}`;
  return defineCommand({
    details,
    arguments: [verb === 'restart' ? { ...componentsArgument, description: 'Components to restart', required: true } : componentsArgument],
    flags: { ...dailyFlags, yes, noWait, timeout },
    examples,
    run: async ({ args, flags, terminal, signal }) => {
      const [{ roll }, works] = await Promise.all([import('../operate/roll.js'), import('../operate/roll-verbs.js')]);
      const work = { restart: works.restartWork, stop: works.stopWork, start: works.startWork }[verb];
      const rolled = await withSteps(terminal, async (steps) => {
        const { target, place } = await openPlatform(flags.dir, { flags, signal, steps });
        if (verb === 'stop' && args.length === 0 && !target.owned && !flags.yes) {
          steps.end();
          requireAnswer(where, flags, terminal);
          await confirm(`Stop every component of ${place.platform} on ${target.clusterName}?`, { terminal, signal, where });
        }
        const onStep = ({ component, text }: { component: string; text: string }): void => { terminal.err(`${component}: ${printable(text)}`); };
        return roll(target, place, work, { names: args, wait: !flags.noWait, timeoutSeconds: flags.timeout, onStep, signal });
      });
      terminal.out(flags.output === 'json' ? jsonText(rolledJson(rolled)) : rolledText(rolled, terminal.outLook));
      return rolledCode(rolled.components);
    },
  });
}

function rolledCode(components: readonly RolledComponent[]): ExitCode {
  if (components.some(({ outcome }) => outcome === 'failed')) return exitCodes.failed;
  return components.some(({ outcome }) => outcome === 'timeout') ? exitCodes.timeout : exitCodes.done;
}
