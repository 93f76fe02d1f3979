import { diagnose, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import { ownVersion } from '../lib/version.js';
import type { ApplyResult } from '../model/index.js';
import type { Target } from '../operate/target.js';
import type { Planned } from '../pipeline.js';
import { jsonText } from '../views/json.js';
import { planText, writeCount } from '../views/plan-human.js';
import { resultText } from '../views/result-human.js';
import { resultJson } from '../views/result-json.js';
import { plural } from '../views/text.js';
import type { Invocation } from './command.js';
import { printDiagnostics } from './failure.js';
import type { applyFlags, outputFlag } from './platform-flags.js';
import { prepareDisplay } from './show-apply.js';
import type { Terminal } from './terminal.js';

/** A plan on its way into a cluster. */
export interface Undertaking {
  planned: Planned;
  target: Target;
  /** Generations to keep. */
  keep: number;
  /** The command, as messages name it: `mostik apply`. */
  where: string;
  /** Whether to ask before changes, and how: `Apply 3 changes to hello?` is of verb `Apply`. */
  ask: { verb: string; needed: boolean };
  /** The command that shows how the platform is. */
  statusCommand: string;
}

type ApplyInvocation = Pick<Invocation<typeof applyFlags & typeof outputFlag>, 'flags' | 'terminal' | 'signal'>;

/** Fails at once where a question will be needed and nobody is there to answer it. */
export function requireAnswer(where: string, { yes }: { yes: boolean }, { interactive }: Terminal): void {
  if (!yes && !interactive) throw new MostikError([diagnose('answer-needed', { where })]);
}

/** Shows a plan, asks, applies it with its progress shown, says how it ended, and returns the exit code. */
export async function carryOut(undertaking: Undertaking, invocation: ApplyInvocation): Promise<ExitCode> {
  const { planned, target, ask, where } = undertaking;
  const { flags, terminal, signal } = invocation;
  const { refusals } = await import('../apply/index.js');
  terminal.err(planText(planned.plan, terminal.errLook, { simulated: target.simulated, errorsFollow: true }));
  const refused = refusals(planned.plan);
  if (refused.length > 0) throw new MostikError(refused);
  const writes = writeCount(planned.plan);
  if (writes > 0 && ask.needed && !flags.yes) await confirm(`${ask.verb} ${plural(writes, 'change')} to ${target.clusterName}?`, { terminal, signal, where });
  const result = await applyShown(undertaking, invocation);
  const { statusCommand } = undertaking;
  terminal.out(flags.output === 'json' ? jsonText(resultJson(result)) : resultText(result, terminal.outLook, { simulated: target.simulated, statusCommand }));
  const code = outcomeCode(result.outcome);
  if (flags.rollbackOnFailure && result.generation !== null && (code === exitCodes.failed || code === exitCodes.timeout)) {
    const place = { platform: planned.plan.platform, namespace: planned.state.namespace };
    await rollBack({ ...undertaking, place }, invocation);
  }
  return code;
}

/** Asks; anything but yes ends the command with nothing changed. */
export async function confirm(question: string, { terminal, signal, where }: { terminal: Terminal; signal: AbortSignal; where: string }): Promise<void> {
  requireAnswer(where, { yes: false }, terminal);
  if (!(await terminal.ask(question, signal))) throw new MostikError([diagnose('answer-no', { where })]);
}

/** The exit code of each outcome. */
export function outcomeCode(outcome: ApplyResult['outcome']): ExitCode {
  switch (outcome) {
    case 'succeeded':
      return exitCodes.done;
    case 'failed':
      return exitCodes.failed;
    case 'timeout':
      return exitCodes.timeout;
    case 'interrupted':
      return exitCodes.interrupted;
  }
}

/** Goes back to the last good generation; the exit code stays that of the failure. */
export async function rollBack(undertaking: Omit<Undertaking, 'planned' | 'where' | 'ask'> & { place: { platform: string; namespace: string } }, { flags, terminal, signal }: ApplyInvocation): Promise<void> {
  const [{ planRollback }, { noFlags }] = await Promise.all([import('../pipeline.js'), import('../plan/index.js')]);
  const { target, place } = undertaking;
  terminal.err('Rolling back to the last good generation');
  try {
    const planned = await planRollback(target.kube, place, { flags: { ...noFlags, ignoreBudget: true } });
    terminal.err(planText(planned.plan, terminal.errLook, { simulated: target.simulated }));
    const result = await applyShown({ ...undertaking, planned }, { flags, terminal, signal });
    // Stdout holds the result of what was asked for.
    terminal.err(resultText(result, terminal.errLook, { simulated: target.simulated, statusCommand: undertaking.statusCommand }));
    terminal.err('The files still say what failed: the next apply would try it again');
  } catch (error) {
    if (!(error instanceof MostikError)) throw error;
    printDiagnostics(error.diagnostics, terminal);
  }
}

async function applyShown({ planned, target, keep }: Pick<Undertaking, 'planned' | 'target' | 'keep'>, { flags, terminal, signal }: ApplyInvocation): Promise<ApplyResult> {
  const [{ applyPlan }, startDisplay] = await Promise.all([import('../pipeline.js'), prepareDisplay(terminal)]);
  const display = startDisplay(planned.plan, { simulated: target.simulated });
  try {
    const timeout = flags.timeout === undefined ? {} : { timeoutSeconds: flags.timeout };
    return await applyPlan(planned, target.kube, { wait: !flags.noWait, ...timeout, keep, version: ownVersion(), onEvent: display.onEvent, signal });
  } finally {
    display.end();
  }
}
