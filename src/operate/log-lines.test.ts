import { expect, test, vi } from 'vitest';
import type { KubeObject } from '../model/index.js';
import { mergeByTime, momentOf, readLine, reorder, type LogLine } from './log-lines.js';

const pod = (name: string, ...containers: string[]): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'n' }, spec: { containers: containers.map((container) => ({ name: container })) } });
const source = { group: 'web', pod: pod('web-1', 'app'), container: 'app' };
const line = (text: string): LogLine => readLine(text, source);

async function* stream(...lines: string[]): AsyncGenerator<LogLine, void, undefined> {
  for (const text of lines) yield await Promise.resolve(line(text));
}

test('a line is time, blank and text, which may be empty or hold blanks', () => {
  expect(line('2026-11-21T20:34:37.123456789Z a  b ')).toMatchObject({ time: '2026-11-21T20:34:37.123456789Z', pod: 'web-1', source: 'web-1', text: 'a  b ' });
  expect(line('2026-11-21T20:34:37Z ').text).toBe('');
  expect(readLine('no time', { ...source, pod: pod('web-1', 'app', 'side') }, line('2026-11-21T20:34:37Z x'))).toMatchObject({ time: '2026-11-21T20:34:37Z', source: 'web-1/app', text: 'no time' });
});

test('moments compare as text over fractions and time zones', () => {
  const moments = ['2026-11-21T20:34:37Z', '2026-11-21T22:34:37.000000001+02:00', '2026-11-21T20:34:37.1Z', '2026-11-21T20:34:37.12Z', '2026-11-21T20:34:38Z'].map(momentOf);
  expect([...moments].sort()).toEqual(moments);
  expect(momentOf('2026-11-21')).toBeUndefined();
});

test('streams are merged by time, each in its own order, the earlier one first at the same moment', async () => {
  const merged: string[] = [];
  for await (const { text } of mergeByTime([stream('2026-01-01T00:00:01Z a1', '2026-01-01T00:00:03Z a3', '2026-01-01T00:00:02Z a2'), stream(), stream('2026-01-01T00:00:01Z b1', '2026-01-01T00:00:04Z b4')])) merged.push(text);
  expect(merged).toEqual(['a1', 'b1', 'a3', 'a2', 'b4']);
});

test('lines that come within a moment of each other come out in order, at the latest when it is over', () => {
  vi.useFakeTimers();
  const out: string[] = [];
  const order = reorder(({ text }) => out.push(text), 100);
  for (const text of ['2026-01-01T00:00:03Z c', '2026-01-01T00:00:01Z a', '2026-01-01T00:00:02Z b']) order.add(line(text));
  expect(out).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(out).toEqual(['a', 'b', 'c']);
  order.add(line('2026-01-01T00:00:04Z d'));
  order.flush();
  expect(out.at(-1)).toBe('d');
  vi.useRealTimers();
});
