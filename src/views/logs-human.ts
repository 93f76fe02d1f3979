import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { LogLine } from '../operate/log-lines.js';
import type { LogNote } from '../operate/log-source.js';
import { readLogRecord, type LogLevel, type LogRecord } from './log-record.js';
import type { Look, Style } from './look.js';
import { printable } from './text.js';
import { pad, widthOf } from './width.js';

/** How lines are shown. */
export interface LogView {
  /** As they came: no pod, no columns. */
  raw: boolean;
  /** Times of the container runtime before each line, and whole times of JSON lines. */
  timestamps: boolean;
  /** What lines must match; matches are made strong. */
  grep?: RegExp | undefined;
}

/** Makes the function that writes a log line for a person: pods in colours, JSON in columns. */
export function logText(view: LogView, look: Look): (line: LogLine) => string {
  const colour = look.style.strong('x') !== 'x';
  const colours = pc.createColors(colour);
  const wheel = [colours.cyan, colours.green, colours.magenta, colours.yellow, colours.blue, colours.cyanBright, colours.magentaBright, colours.greenBright];
  const paints = new Map<string, (text: string) => string>();
  let width = 0;
  const paintOf = (source: string): ((text: string) => string) => {
    const paint = paints.get(source) ?? wheel[paints.size % wheel.length]!;
    paints.set(source, paint);
    return paint;
  };
  return (line) => {
    if (view.raw) return line.text;
    // Grows with the longest name, so that lines stand under each other once all pods have spoken.
    width = Math.max(width, widthOf(line.source));
    const head = paintOf(line.source)(`${pad(line.source, width)} │`);
    const record = readLogRecord(line.text);
    const time = view.timestamps && record?.time === undefined ? `${look.style.dim(line.time)} ` : '';
    return `${head} ${time}${record ? recordText(record, view, look.style) : strong(safe(line.text, colour), view.grep, look.style)}`;
  };
}

function recordText({ time, level, message, rest }: LogRecord, { timestamps, grep }: LogView, style: Style): string {
  const parts = [
    ...(time === undefined ? [] : [style.dim(timestamps ? new Date(time).toISOString() : clock(time))]),
    ...(level === undefined ? [] : [levelPaint(level, style)(level.toUpperCase().padEnd(5))]),
    ...(message === '' ? [] : [strong(printable(oneLine(message)), grep, style)]),
    ...rest.map(([key, value]) => `${style.dim(`${printable(key)}=`)}${strong(printable(oneLine(value)), grep, style)}`),
  ];
  return parts.join(' ');
}

/** The time of day where the reader is, as they compare it with their clock. */
function clock(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function levelPaint(level: LogLevel, style: Style): (text: string) => string {
  const paints: Record<LogLevel, (text: string) => string> = { trace: style.dim, debug: style.dim, info: style.good, warn: style.warn, error: style.bad, fatal: style.bad };
  return paints[level];
}

function oneLine(text: string): string {
  return text.trimEnd().replaceAll('\n', '⏎ ');
}

function strong(text: string, grep: RegExp | undefined, style: Style): string {
  return grep === undefined || text.includes('\u001b') ? text : text.replace(new RegExp(grep.source, `${grep.flags}g`), (found) => (found === '' ? '' : style.strong(found)));
}

const colourCode = /(\u001b\[[\d;]*m)/;

/** Keeps colours of programs where colours are shown, and no other control of the terminal. */
function safe(text: string, colour: boolean): string {
  const parts = text.split(colourCode);
  const shown = parts.map((part) => (colourCode.test(part) ? (colour ? part : '') : printable(stripVTControlCharacters(part)))).join('');
  return colour && parts.length > 1 ? `${shown}\u001b[0m` : shown;
}

/** What happened to a source, in a line. */
export function logNoteText({ event, subject, container, reason }: LogNote): string {
  const named = container === undefined ? subject : `${subject}/${container}`;
  switch (event) {
    case 'waiting':
      return `${subject}: no pod yet; waiting for one`;
    case 'joined':
      return `${subject} joined`;
    case 'left':
      return `${subject} left`;
    case 'restarted':
      return `${named} restarted`;
    case 'no-previous':
      return `${named}: no earlier run`;
    case 'not-started':
      return `${named}: has not started${reason === undefined || reason === '' ? '' : ` (${printable(reason)})`}`;
    case 'simulated':
      return `${subject} are on simulated nodes, where containers do not run`;
  }
}

/** The published form of a line: one document a line. */
export function logJson({ time, group, namespace, pod, container, text }: LogLine): string {
  return JSON.stringify({ version: 1, time, component: group, namespace, pod, container, line: text });
}
