import { diagnose, exitCodes, MostikError, type Diagnostic, type ExitCode } from '../diagnostics/index.js';
import { diagnosticCounts, diagnosticsText } from '../views/diagnostics.js';
import { diagnosticsJson } from '../views/diagnostics-json.js';
import { jsonText } from '../views/json.js';
import type { Terminal } from './terminal.js';

/** What a failure is told with. */
export interface FailureContext {
  /** `mostik plan`. */
  where: string;
  terminal: Terminal;
  signal: AbortSignal;
  /** The reader asked for JSON on stdout and expects an answer there. */
  json: boolean;
}

/** Tells what ended a command and returns the exit code of its cause. */
export function reportFailure(error: unknown, { where, terminal, signal, json }: FailureContext): ExitCode {
  const interrupted = signal.aborted && !(error instanceof MostikError && error.exitCode === exitCodes.interrupted);
  const diagnostics = interrupted ? [diagnose('interrupted', { where })] : diagnosticsOf(error, where);
  const exitCode = interrupted ? exitCodes.interrupted : error instanceof MostikError ? error.exitCode : exitCodes.failed;
  if (json) terminal.out(jsonText(diagnosticsJson(diagnostics, exitCode)));
  printDiagnostics(diagnostics, terminal);
  if (process.env['MOSTIK_DEBUG'] && error instanceof Error) terminal.err(stacks(error));
  return exitCode;
}

/** Prints Diagnostics to stderr, with their number when there is more than one. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], terminal: Terminal): void {
  const text = diagnosticsText(diagnostics, terminal.errLook);
  if (text === '') return;
  terminal.err(text);
  if (diagnostics.length > 1) terminal.err(terminal.errLook.style.strong(diagnosticCounts(diagnostics)));
}

function diagnosticsOf(error: unknown, where: string): Diagnostic[] {
  if (error instanceof MostikError) return error.diagnostics;
  const problem = error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
  const hint = process.env['MOSTIK_DEBUG'] ? '' : 'MOSTIK_DEBUG=1 shows where it happened';
  return [diagnose('unexpected', { where, problem, hint })];
}

function stacks(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stacks(error.cause)}` : own;
}
