import { asNumber, asString, isDict } from '../lib/read-unknown.js';

/** Words that levels of logs are brought to. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** A log line that is JSON, by its parts. */
export interface LogRecord {
  /** Milliseconds since 1970. */
  time?: number;
  level?: LogLevel;
  message: string;
  /** All other fields in their order, values as they are read. */
  rest: [key: string, value: string][];
}

/** The names that loggers of many languages give these fields. */
const names = {
  time: ['time', 'ts', 'timestamp', '@timestamp', '@t', 'datetime', 'date', 'asctime'],
  level: ['level', 'lvl', 'severity', 'log.level', 'levelname', 'loglevel', '@l'],
  message: ['msg', 'message', '@m', '@mt', 'event'],
} as const;

const words: Readonly<Record<string, LogLevel>> = {
  trace: 'trace', verbose: 'trace', debug: 'debug', dbg: 'debug', info: 'info', information: 'info', notice: 'info', inf: 'info', warn: 'warn', warning: 'warn', wrn: 'warn',
  error: 'error', err: 'error', severe: 'error', fatal: 'fatal', critical: 'fatal', crit: 'fatal', panic: 'fatal', dpanic: 'fatal', alert: 'fatal', emergency: 'fatal',
};

/** Reads a line that is a JSON object with a message or a level; undefined for every other line. */
export function readLogRecord(text: string): LogRecord | undefined {
  const start = text.trimStart();
  if (!start.startsWith('{')) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(start);
  } catch {
    return undefined;
  }
  if (!isDict(fields)) return undefined;
  const key = (which: keyof typeof names): string | undefined => names[which].find((name) => Object.hasOwn(fields, name));
  const [timeKey, levelKey, messageKey] = [key('time'), key('level'), key('message')];
  const time = timeKey === undefined ? undefined : readTime(fields[timeKey]);
  const level = levelKey === undefined ? undefined : readLevel(fields[levelKey]);
  if (messageKey === undefined && level === undefined) return undefined;
  // A field that could not be understood stands with the rest, so that nothing is lost.
  const shown = new Set([time === undefined ? undefined : timeKey, level === undefined ? undefined : levelKey, messageKey]);
  const rest = Object.entries(fields).flatMap(([name, value]): [string, string][] => (shown.has(name) ? [] : [[name, plainValue(value)]]));
  return { ...(time !== undefined ? { time } : {}), ...(level !== undefined ? { level } : {}), message: messageKey === undefined ? '' : textOf(fields[messageKey]), rest };
}

function readTime(value: unknown): number | undefined {
  const number = asNumber(value) ?? (/^\d{9,}(\.\d+)?$/.test(asString(value) ?? '') ? Number(value) : undefined);
  // Seconds have ten digits, milliseconds thirteen, nanoseconds nineteen.
  if (number !== undefined) return number > 1e17 ? number / 1e6 : number > 1e14 ? number / 1e3 : number > 1e11 ? number : number * 1000;
  // Python puts a comma before milliseconds, and no zone: containers run on UTC.
  const text = (asString(value) ?? '').replace(/,(\d{3})(?=Z?$)/, '.$1');
  const parsed = Date.parse(/\d\d:\d\d:\d\d(\.\d+)?$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Words, or the numbers of pino and bunyan. */
function readLevel(value: unknown): LogLevel | undefined {
  const number = asNumber(value);
  if (number !== undefined && number >= 10) return (['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)[Math.min(5, Math.floor(number / 10) - 1)];
  const word = (asString(value) ?? '').toLowerCase();
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function plainValue(value: unknown): string {
  const text = textOf(value);
  return typeof value === 'string' && (text === '' || /[\s"=]/.test(text)) ? JSON.stringify(text) : text;
}
