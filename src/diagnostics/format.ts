import { readFileSync, statSync } from 'node:fs';
import stringWidth from 'string-width';
import { formatLocation, type Diagnostic, type Location } from './diagnostic.js';

/** How parts of a printed Diagnostic look; a function may add colour, never change letters. */
export interface DiagnosticStyle {
  bad(text: string): string;
  warn(text: string): string;
  note(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

export interface FormatOptions {
  /** Plain text by default. */
  style?: DiagnosticStyle;
  /** The text of a file as a Location names it; read from the disk by default, undefined shows no frame. */
  read?: (file: string) => string | undefined;
  /** Columns of a frame; longer lines are cut around the place. */
  width?: number;
}

const same = (text: string): string => text;
const plain: DiagnosticStyle = { bad: same, warn: same, note: same, dim: same, strong: same };

/** Writes Diagnostics for people, one after the other with an empty line between. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions = {}): string {
  const texts = new Map<string, string | undefined>();
  const read = (file: string): string | undefined => {
    if (!texts.has(file)) texts.set(file, (options.read ?? readSource)(file));
    return texts.get(file);
  };
  return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, { ...options, read })).join('\n\n');
}

/** Writes one Diagnostic: what, where, the line with a caret below the place, the way out. */
export function formatDiagnostic(diagnostic: Diagnostic, options: FormatOptions = {}): string {
  const style = options.style ?? plain;
  const { code, severity, message, at, hint } = diagnostic;
  const colour = { error: style.bad, warning: style.warn, info: style.note }[severity];
  const lines = [`${colour(`${severity}[${code}]`)}: ${style.strong(visible(message))}`];
  if (at) lines.push(`  ${style.dim('-->')} ${visible(formatLocation(at))}`, ...(diagnostic.sensitive ? [] : frameOf(at, options)).map((line) => `  ${line}`));
  if (hint !== undefined) lines.push(`  ${style.note('hint:')} ${visible(hint)}`);
  return lines.join('\n');
}

/** The source line of a place with a caret line below it; empty where the source is not at hand. */
export function frameOf(at: Location, options: FormatOptions = {}): string[] {
  if (!('file' in at) || at.line === undefined) return [];
  const style = options.style ?? plain;
  const line = (options.read ?? readSource)(at.file)?.split(/\r?\n/, at.line)[at.line - 1];
  if (line === undefined) return [];
  const column = at.column ?? 1;
  const word = wordAt(line.slice(column - 1));
  const { text, start } = cut(line, column - 1, options.width ?? 120);
  const number = String(at.line);
  const bar = style.dim('|');
  const carets = at.column === undefined ? [] : [`${' '.repeat(number.length)} ${bar} ${' '.repeat(stringWidth(visible(text.slice(0, start))))}${style.bad('^'.repeat(Math.max(1, stringWidth(visible(word)))))}`];
  return [`${style.dim(number)} ${bar} ${visible(text)}`.trimEnd(), ...carets];
}

/** What a caret line underlines: a quoted text, a bracket, or a word. */
function wordAt(rest: string): string {
  const match = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s:,[\]{}#]+(?::[^\s,[\]{}#]+)*|.)/.exec(rest);
  return (match?.[0] ?? '').slice(0, 60);
}

function cut(line: string, start: number, width: number): { text: string; start: number } {
  if (line.length <= width) return { text: line, start };
  const from = Math.max(0, start - Math.floor(width / 3));
  const before = from > 0 ? '...' : '';
  return { text: `${before}${line.slice(from, from + width)}${from + width < line.length ? '...' : ''}`, start: start - from + before.length };
}

/** Tabs as one space, and no letters that could move a terminal's cursor. */
function visible(text: string): string {
   
  return text.replace(/\t/g, ' ').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

function readSource(file: string): string | undefined {
  try {
    return statSync(file).size <= 4 * 1024 * 1024 ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
