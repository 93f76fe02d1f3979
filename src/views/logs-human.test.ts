import { describe, expect, test } from 'vitest';
import type { LogLine } from '../operate/log-lines.js';
import { readLogRecord } from './log-record.js';
import { logJson, logText } from './logs-human.js';
import { createStyle, plainLook } from './look.js';

const line = (text: string, source = 'web-1'): LogLine => ({ time: '2026-11-21T20:34:37.123456789Z', at: '1', group: 'web', namespace: 'n', pod: source, container: 'app', source, text });
const shown = (text: string, view: Partial<Parameters<typeof logText>[0]> = {}): string => logText({ raw: false, timestamps: false, ...view }, plainLook)(line(text));
const inColour = { ...plainLook, style: createStyle(true) };

describe('a line of JSON', () => {
  test.each([
    ['{"level":30,"time":1795293277123,"pid":1,"hostname":"h","msg":"listening"}', { time: 1795293277123, level: 'info', message: 'listening', rest: [['pid', '1'], ['hostname', 'h']] }],
    ['{"level":"ERROR","ts":1795293277.5,"logger":"db","msg":"lost","error":"no route to host"}', { time: 1795293277500, level: 'error', message: 'lost', rest: [['logger', 'db'], ['error', '"no route to host"']] }],
    ['{"@timestamp":"2026-11-21T20:34:37.123Z","severity":"WARNING","message":"slow","http":{"status":200}}', { time: 1795293277123, level: 'warn', message: 'slow', rest: [['http', '{"status":200}']] }],
    ['{"asctime":"2026-11-21 20:34:37,123","levelname":"CRITICAL","message":"x","empty":""}', { time: 1795293277123, level: 'fatal', message: 'x', rest: [['empty', '""']] }],
    ['{"level":"strange","time":"soon","msg":"kept"}', { message: 'kept', rest: [['level', 'strange'], ['time', 'soon']] }],
  ])('%s', (text, record) => {
    expect(readLogRecord(text)).toEqual(record);
  });
  test.each(['plain', '{"a":1}', '[1]', '{"msg":', '"text"', '{}'])('%s is shown as it came', (text) => {
    expect(readLogRecord(text)).toBeUndefined();
    expect(shown(text)).toBe(`web-1 │ ${text}`);
  });
  test('stands in columns, with whole times when they are asked for', () => {
    const text = '{"level":"warn","time":"2026-11-21T20:34:37.123Z","msg":"slow\\nquery","ms":1200}';
    expect(shown(text)).toMatch(/^web-1 │ \d\d:34:37\.123 WARN {2}slow⏎ query ms=1200$/);
    expect(shown(text, { timestamps: true })).toBe('web-1 │ 2026-11-21T20:34:37.123Z WARN  slow⏎ query ms=1200');
    expect(shown(text, { raw: true })).toBe(text);
  });
});

test('a plain line gets the time of the runtime when it is asked for', () => {
  expect(shown('plain', { timestamps: true })).toBe('web-1 │ 2026-11-21T20:34:37.123456789Z plain');
});

test('names grow to one width, and pods keep their colours', () => {
  const show = logText({ raw: false, timestamps: false }, plainLook);
  expect([show(line('a')), show(line('b', 'web-longer')), show(line('c'))]).toEqual(['web-1 │ a', 'web-longer │ b', 'web-1      │ c']);
  const coloured = logText({ raw: false, timestamps: false }, inColour);
  const [first, second, third] = [coloured(line('a')), coloured(line('a', 'web-2')), coloured(line('a'))];
  expect(first).toBe(third);
  expect(first.slice(0, 5)).not.toBe(second.slice(0, 5));
});

test('colours of programs are kept where there are colours; nothing else moves the cursor', () => {
  const text = '\u001b[31mred\u001b[0m \u001b[2J\u001b]0;title\u0007\rover';
  expect(shown(text)).toBe('web-1 │ red \\x0dover');
  const coloured = logText({ raw: false, timestamps: false }, inColour)(line(text));
  expect(coloured).toContain('\u001b[31mred\u001b[0m');
  expect(coloured).not.toContain('\u001b[2J');
  expect(coloured.endsWith('\u001b[0m')).toBe(true);
});

test('what was looked for is made strong', () => {
  expect(logText({ raw: false, timestamps: false, grep: /o+/i }, inColour)(line('foo bOo'))).toContain('f\u001b[1moo\u001b[22m b\u001b[1mOo\u001b[22m');
});

test('as JSON a line has its component, pod and text', () => {
  expect(JSON.parse(logJson(line('a\tb')))).toEqual({ version: 1, time: '2026-11-21T20:34:37.123456789Z', component: 'web', namespace: 'n', pod: 'web-1', container: 'app', line: 'a\tb' });
});
