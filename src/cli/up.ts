import { diagnose, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import type { ApplyEvent, Plan } from '../model/index.js';
import type { Target } from '../operate/target.js';
import type { UpListener, UpResult } from '../operate/up.js';
import { jsonText } from '../views/json.js';
import { planText, writeCount } from '../views/plan-human.js';
import { renderedText } from '../views/rendered.js';
import { resultText } from '../views/result-human.js';
import { summaryJson, summaryText, type Summary } from '../views/summary.js';
import { plural } from '../views/text.js';
import { confirm, outcomeCode, requireAnswer, rollBack } from './carry-out.js';
import { dryRunFlag, isK3d, printDryRun } from './cluster-k3d.js';
import { defineCommand, type Invocation } from './command.js';
import { findEndpoints } from './endpoints.js';
import { choice } from './flag.js';
import { applyFlags, dangerFlags, dirArgument, inputsOf, outputFlag, platformFlags, sealingFlags, targetFlags } from './platform-flags.js';
import { planFlagsOf, sameInputs, withSteps } from './platform-world.js';
import { prepareDisplay, type ApplyDisplay, type StartDisplay } from './show-apply.js';
import type { Steps } from './steps.js';
import type { Terminal } from './terminal.js';

const flags = { ...platformFlags, ...targetFlags, ...sealingFlags, ...outputFlag, ...applyFlags, ...dangerFlags, ...dryRunFlag, nodes: choice('Nodes of the embedded cluster: as declared, this machine (real), or simulated ones', ['declared', 'real', 'simulated']) };
const where = 'mostik up';

/** `mostik up`: the main job. */
export const upCommand = defineCommand({
  details: 'Makes an embedded Kubernetes where the platform names no other cluster. Asks nothing on a cluster that Mostik made; elsewhere it asks as apply does.',
  arguments: [dirArgument],
  flags,
  examples: [
    ['mostik up platforms/microservices', 'from nothing to a healthy platform'],
    ['mostik up -p prod --set web.image.tag=2', 'with a profile and one value of your own'],
    ['mostik up --nodes real', 'containers really run: on this machine, as root'],
    ['mostik up --context staging --yes', 'on a cluster of your kubeconfig'],
  ],
  run: async (invocation): Promise<ExitCode> => {
    const { args, flags, terminal, signal } = invocation;
    if (flags.dryRun) {
      const { chooseCluster } = await import('./choose-cluster.js');
      const chosen = await chooseCluster(undefined, { where, dir: args[0] ?? '.', profiles: flags.profile, signal });
      if (isK3d(chosen, where, flags)) return printDryRun('create', chosen, invocation);
    }
    const [{ up }, startDisplay] = await Promise.all([import('../operate/up.js'), prepareDisplay(terminal)]);
    const done = await withSteps(terminal, async (steps) => {
      const showing = showUp({ steps, startDisplay, invocation });
      try {
        return await up(inputsOf(args[0], flags), {
          ...showing.listener,
          context: flags.context,
          kubeconfig: flags.kubeconfig,
          ...(flags.nodes === 'declared' ? {} : { nodes: flags.nodes }),
          flags: planFlagsOf(flags),
          sealingKeys: flags.sealingKey,
          wait: !flags.noWait,
          ...(flags.timeout === undefined ? {} : { timeoutSeconds: flags.timeout }),
          confirm: (plan, target) => mayApply(plan, target, invocation),
          signal,
        });
      } finally {
        showing.end();
      }
    });
    return finish(done, invocation);
  },
});

type UpInvocation = Invocation<typeof flags>;

interface Showing {
  listener: UpListener;
  end(): void;
}

/** Shows each stage as it comes: steps, what was rendered, the plan, then the apply. */
function showUp({ steps, startDisplay, invocation }: { steps: Steps; startDisplay: StartDisplay; invocation: UpInvocation }): Showing {
  const { terminal, flags } = invocation;
  let planned: { plan: Plan; target: Target } | undefined;
  let display: ApplyDisplay | undefined;
  const print = (text: string): void => {
    steps.end();
    terminal.err(text);
  };
  const onEvent = (event: ApplyEvent): void => {
    if (planned === undefined) return;
    display ??= startDisplay(planned.plan, { simulated: planned.target.simulated });
    display.onEvent(event);
  };
  const listener: UpListener = {
    onCluster: steps.cluster,
    onRendered: (desired) => { print(renderedText(desired, terminal.errLook)); },
    onTarget: (target) => {
      // Said at once, not after minutes of planning.
      if (!target.owned) requireAnswer(where, flags, terminal);
      steps.tell('planning');
    },
    onPlan: (plan, target) => {
      planned = { plan, target };
      print(`${planText(plan, terminal.errLook, { simulated: target.simulated, errorsFollow: true })}\n`);
    },
    onEvent,
  };
  return { listener, end: () => display?.end() };
}

async function mayApply(plan: Plan, target: Target, { flags, terminal, signal }: UpInvocation): Promise<boolean> {
  const { refusals } = await import('../apply/index.js');
  const refused = refusals(plan);
  if (refused.length > 0) throw new MostikError(refused);
  if (!flags.yes) await confirm(`Apply ${plural(writeCount(plan), 'change')} to ${target.clusterName}?`, { terminal, signal, where });
  return true;
}

async function finish({ platform, target, result }: UpResult, invocation: UpInvocation): Promise<ExitCode> {
  const { args, flags, terminal, signal } = invocation;
  if (result === undefined) throw new MostikError([diagnose('answer-no', { where })]);
  const statusCommand = sameInputs('mostik status', args[0], flags);
  const code = outcomeCode(result.outcome);
  const endpoints = signal.aborted ? [] : await findEndpoints(target.kube, platform.name, signal);
  const summary: Summary = {
    platform: platform.name,
    cluster: target.clusterName,
    simulated: target.simulated,
    owned: target.owned,
    kubeconfig: target.kubeconfig,
    context: target.kube.context,
    components: { healthy: result.components.filter(({ phase }) => phase === 'healthy' || phase === 'unchanged').length, total: result.components.length },
    endpoints,
    commands: { plan: sameInputs('mostik plan', args[0], flags), status: statusCommand, destroy: sameInputs('mostik destroy', args[0], flags) },
  };
  if (flags.output === 'json') terminal.out(jsonText(summaryJson(summary, result)));
  else showResult({ result, summary, statusCommand, done: code === exitCodes.done }, terminal);
  const place = { platform: platform.name, namespace: platform.state.namespace };
  if (flags.rollbackOnFailure && result.generation !== null && (code === exitCodes.failed || code === exitCodes.timeout)) {
    await rollBack({ target, place, keep: platform.state.keep, statusCommand }, invocation);
  }
  return code;
}

function showResult({ result, summary, statusCommand, done }: { result: NonNullable<UpResult['result']>; summary: Summary; statusCommand: string; done: boolean }, terminal: Terminal): void {
  // The summary below says it of the whole platform.
  terminal.out(resultText(result, terminal.outLook, { simulated: summary.simulated && !done, statusCommand }));
  if (done) terminal.out(`\n${summaryText(summary, terminal.outLook)}`);
}
