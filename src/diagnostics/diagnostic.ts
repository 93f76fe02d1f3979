import { messages, type Code, type Params } from './messages.generated.js';

export type { Code, Params };

/** How bad a Diagnostic is: an error stops the pipeline, a warning is shown, info is shown on request or in summaries. */
export type Severity = 'error' | 'warning' | 'info';

/** Where a Diagnostic points: a file (path as shown to the user, 1-based line and column) or a live or rendered object. */
export type Location = { file: string; line?: number; column?: number } | { object: string };

/** One finding for the user: what, where, what was expected, the way out. */
export interface Diagnostic {
  code: Code;
  severity: Severity;
  message: string;
  at?: Location;
  hint?: string;
  /** The component it is about, where that is known. */
  component?: string;
  /** The line it points at may hold a secret: it is never shown. */
  sensitive?: true;
}

/** The published exit codes of every command (design.md section 12). */
export const exitCodes = { done: 0, failed: 1, changes: 2, usage: 3, unreachable: 4, timeout: 5, refused: 6, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Makes the Diagnostic of a catalogued code, its text filled from `params`. */
export function diagnose<C extends Code>(code: C, params: Params[C], at?: Location): Diagnostic {
  const entry = messages[code];
  const diagnostic: Diagnostic = { code, severity: entry.severity, message: fill(entry.message, params) };
  if (at) diagnostic.at = at;
  const hint = entry.hint === undefined ? '' : fill(entry.hint, params).trim();
  if (hint !== '') diagnostic.hint = hint;
  return diagnostic;
}

/** Tells whether a text is a code of the catalog. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(messages, text);
}

/** Every code of the catalog. */
export function knownCodes(): string[] {
  return Object.keys(messages);
}

/** What the catalog says of a code before it is filled in: names stand between % signs. */
export function catalogEntry(code: Code): { severity: Severity; exit: ExitCode; message: string; hint?: string } {
  return messages[code];
}

/** The exit code a command ends with when this Diagnostic stopped it. */
export function exitCodeOf(diagnostic: Diagnostic): ExitCode {
  return messages[diagnostic.code].exit;
}

/** Carries Diagnostics of severity error to the front door, which prints all of them and exits with their code. */
export class MostikError extends Error {
  readonly diagnostics: Diagnostic[];
  override name = 'MostikError';

  constructor(diagnostics: Diagnostic[], options?: { cause?: unknown }) {
    super(diagnostics.map((d) => d.message).join('\n'), options);
    this.diagnostics = diagnostics;
  }

  /** The code of the first error; usage errors in files win over what follows from them. */
  get exitCode(): ExitCode {
    const first = this.diagnostics.find((d) => d.severity === 'error') ?? this.diagnostics[0];
    return first ? exitCodeOf(first) : exitCodes.failed;
  }
}

/** Throws when the list holds an error, and returns the rest otherwise. */
export function throwOnErrors(diagnostics: Diagnostic[]): Diagnostic[] {
  if (diagnostics.some((d) => d.severity === 'error')) throw new MostikError(diagnostics);
  return diagnostics;
}

/** Writes a location as `file:line:column` or the object's name. */
export function formatLocation(at: Location): string {
  if ('object' in at) return at.object;
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
}

function fill(template: string, params: Readonly<Record<string, string | number>>): string {
  return template.replace(/%(\w+)%/g, (_, name: string) => String(params[name] ?? ''));
}
