import type { FieldChange } from '../model/index.js';
import { isDict } from '../lib/read-unknown.js';
import { diffLines, type DiffLine } from './line-diff.js';
import type { Look } from './look.js';
import { plural, printable } from './text.js';
import { truncate, widthOf } from './width.js';

/** Lines of a text diff that are shown unless more is asked for. */
const shownLines = 24;

/** Shows what differs in an object, a line per path; texts of several lines as a small diff below their path. */
export function fieldLines(fields: FieldChange[], look: Look): string[] {
  return fields.flatMap((field) => fieldLine(field, look));
}

/** Writes a value on one line as YAML would in flow form; strings that read like something else are quoted. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return stringText(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (isDict(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${stringText(key)}: ${valueText(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return value === undefined ? 'null' : JSON.stringify(value);
}

function fieldLine(field: FieldChange, look: Look): string[] {
  const added = !('before' in field);
  const removed = !('after' in field);
  const sign = added ? '+' : removed ? '-' : '~';
  const paint = added ? look.style.good : removed ? look.style.bad : look.style.warn;
  const path = printable(field.path);
  if (isText(field.before) || isText(field.after)) {
    return [`${paint(sign)} ${path}:`, ...textLines(field, look)];
  }
  return [`${paint(sign)} ${truncate(`${path}: ${transition(field, look.width - 4 - widthOf(path))}`, look.width - 2)}`];
}

function transition(field: FieldChange, room: number): string {
  if (!('before' in field)) return valueText(field.after);
  if (!('after' in field)) return valueText(field.before);
  const before = valueText(field.before);
  const after = valueText(field.after);
  // Two masked values look alike; the path is listed because they are not.
  if (before === after) return `${before} (changed)`;
  const arrow = ' -> ';
  if (widthOf(before) + arrow.length + widthOf(after) <= room) return `${before}${arrow}${after}`;
  return cutPair(before, after, Math.max(12, Math.floor((room - arrow.length) / 2))).join(arrow);
}

/** Cuts two long values so that what differs is still seen: what they begin with alike goes first. */
function cutPair(before: string, after: string, width: number): [string, string] {
  let alike = 0;
  while (alike < before.length && before[alike] === after[alike]) alike++;
  const skipped = alike > width / 2 ? alike - 8 : 0;
  const cut = (text: string): string => truncate(skipped === 0 ? text : `…${text.slice(skipped)}`, width);
  return [cut(before), cut(after)];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trimEnd().includes('\n');
}

function textLines(field: FieldChange, look: Look): string[] {
  const text = (value: unknown) => (value === undefined ? '' : typeof value === 'string' ? value : valueText(value));
  const lines = diffLines(text(field.before), text(field.after));
  const limit = look.verbose ? lines.length : shownLines;
  const shown = lines.slice(0, limit).map((line) => textLine(line, look));
  if (lines.length > limit) shown.push(look.style.dim(`    … ${plural(lines.length - limit, 'more line')}`));
  return shown;
}

function textLine(line: DiffLine, look: Look): string {
  if (line.kind === 'gap') return look.style.dim(`    … ${plural(line.count, 'line')} alike`);
  const text = truncate(printable(line.text), look.width - 6);
  if (line.kind === 'same') return `      ${look.style.dim(text)}`.trimEnd();
  return line.kind === 'added' ? `    ${look.style.good(`+ ${text}`)}` : `    ${look.style.bad(`- ${text}`)}`;
}

function stringText(text: string): string {
  const plain = /^[A-Za-z_/*][^\n"'#]*$/.test(text) && !/: |^(true|false|null|yes|no|on|off|y|n)$/i.test(text) && text === text.trim();
  return plain ? printable(text) : JSON.stringify(text);
}
