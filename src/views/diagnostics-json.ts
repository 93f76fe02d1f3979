import type { Diagnostic } from '../diagnostics/index.js';

/** The published form of findings, and of what ended a command. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[], exitCode: number): object {
  return { version: 1, exitCode, diagnostics };
}
