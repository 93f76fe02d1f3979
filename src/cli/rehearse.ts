import { writeFileSync } from 'node:fs';
import { diagnose, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import type { Rehearsal, RehearsalResult } from '../rehearse/index.js';
import { jsonText } from '../views/json.js';
import { planText } from '../views/plan-human.js';
import { rehearsalText } from '../views/rehearsal-human.js';
import { rehearsalJson } from '../views/rehearsal-json.js';
import { defineCommand, type Invocation } from './command.js';
import { list, seconds, text, toggle } from './flag.js';
import { dangerFlags, dirArgument, inputsOf, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { planFlagsOf } from './platform-world.js';
import { prepareDisplay, type ApplyDisplay } from './show-apply.js';
import { showSteps } from './steps.js';

const flags = {
  ...platformFlags,
  ...targetFlags,
  ...outputFlag,
  from: text('Start from nothing, a generation of the cluster, or a profile; from the cluster\'s current generation by default', { value: 'nothing|NUMBER|PROFILE' }),
  fromLive: toggle('Copy the live cluster first: nodes, rules and objects, secrets blanked'),
  report: text('Write the report, for mostik apply --rehearsed', { value: 'FILE.json', complete: 'files' }),
  html: text('Write the report as a page for people', { value: 'FILE.html', complete: 'files' }),
  timeout: seconds('Longest wait for each component; 60s by default', { value: 'TIME' }),
  killNode: list('Lose this node with its pods during the rollout', { value: 'NAME' }),
  slowPod: list('New pods of this component take long to become ready', { value: 'COMPONENT[=TIME]' }),
  crash: list('Pods of this component crash during the rollout', { value: 'COMPONENT' }),
  keep: toggle('Leave the cluster for a look'),
  ...dangerFlags,
};

/** `mostik rehearse`: a change on a throw-away cluster before it is one on the real one. */
export const rehearseCommand = defineCommand({
  details: 'Starts a throw-away Kubernetes with the declared nodes, applies what the cluster has, then the change, and says what would fail and why. The real cluster is only read. Exit 1 when the change would fail.',
  arguments: [dirArgument],
  flags,
  examples: [
    ['mostik rehearse platforms/microservices', 'would this go well?'],
    ['mostik rehearse -p prod --report rehearsal.json && mostik apply -p prod --rehearsed rehearsal.json', 'apply only what was rehearsed'],
    ['mostik rehearse --from-live --context staging', 'beside copies of everything that runs there'],
    ['mostik rehearse --kill-node worker-2 --html rehearsal.html', 'with a node lost during the rollout, as a page'],
  ],
  run: async (invocation): Promise<ExitCode> => {
    const { terminal, flags: given } = invocation;
    if (given.fromLive && given.from !== undefined) throw new MostikError([diagnose('flag-invalid', { where: '--from', expected: 'either --from or --from-live', value: JSON.stringify(given.from), hint: '' })]);
    const { report, kept } = await run(invocation);
    save(given.report, () => jsonText(rehearsalJson(report)));
    if (given.html !== undefined) {
      const { rehearsalPage } = await import('../views/rehearsal-html.js');
      save(given.html, () => rehearsalPage(report));
    }
    terminal.out(given.output === 'json' ? jsonText(rehearsalJson(report)) : rehearsalText(report, terminal.outLook));
    if (kept !== undefined) terminal.err(`The cluster is kept: mostik kubectl --cluster ${kept} -- get pods -A\nTake it away with: mostik cluster delete ${kept}`);
    return codeOf(report);
  },
});

async function run({ args: [dir], flags: given, terminal, signal }: Invocation<typeof flags>): Promise<RehearsalResult> {
  const [{ rehearse }, startDisplay] = await Promise.all([import('../rehearse/index.js'), prepareDisplay(terminal)]);
  const steps = showSteps(terminal);
  let display: ApplyDisplay | undefined;
  try {
    return await rehearse(inputsOf(dir, given), {
      flags: planFlagsOf(given),
      context: given.context,
      kubeconfig: given.kubeconfig,
      from: given.from,
      fromLive: given.fromLive,
      timeoutSeconds: given.timeout,
      faults: { killNodes: given.killNode, slowPods: given.slowPod, crash: given.crash },
      keep: given.keep,
      signal,
      onCluster: steps.cluster,
      onStep: steps.tell,
      onPlan: (plan) => {
        steps.end();
        terminal.err(`${planText(plan, terminal.errLook, { simulated: true, errorsFollow: true })}\n`);
        display = startDisplay(plan, { simulated: true });
      },
      onEvent: (event) => { display?.onEvent(event); },
    });
  } finally {
    steps.end();
    display?.end();
  }
}

function codeOf({ outcome }: Rehearsal): ExitCode {
  switch (outcome) {
    case 'well':
      return exitCodes.done;
    case 'failed':
      return exitCodes.failed;
    case 'interrupted':
      return exitCodes.interrupted;
  }
}

function save(path: string | undefined, content: () => string): void {
  if (path === undefined) return;
  try {
    writeFileSync(path, content());
  } catch (error) {
    throw new MostikError([diagnose('file-not-writable', { path, problem: error instanceof Error ? error.message : String(error) })]);
  }
}
