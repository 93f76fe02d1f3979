import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { tellEnd, type Mark } from './tell-end.js';

async function pass(chunks: (name: string) => string[]): Promise<{ text: string; marks: Mark[] }> {
  const { command, withoutMarks } = tellEnd(['true']);
  const marks: Mark[] = [];
  let text = '';
  async function* stream(): AsyncGenerator<Buffer> {
    for (const chunk of chunks(command[4] ?? '')) yield await Promise.resolve(Buffer.from(chunk));
  }
  for await (const chunk of withoutMarks(stream(), (mark) => marks.push(mark))) text += chunk.toString();
  return { text, marks };
}

test('marks are told and cut out, wherever the stream was cut into pieces', async () => {
  expect(await pass((name) => [`${name}<a`, `b${name}>c`])).toEqual({ text: 'abc', marks: ['starts', 'ended'] });
  expect(await pass((name) => [...`a${name}<b mostik-${name}>`])).toEqual({ text: 'ab mostik-', marks: ['starts', 'ended'] });
});

test('what only begins like a mark is passed on', async () => {
  expect(await pass((name) => ['mostik-', 'x', name.slice(0, 20)])).toMatchObject({ text: expect.stringMatching(/^mostik-xmostik-.{13}$/) as string, marks: [] });
});

/** Runs a told command in a shell of this machine, fed until it says that it has ended. */
async function run(command: string[]): Promise<{ code: number | null; out: string; err: string; marks: Mark[] }> {
  const told = tellEnd(command);
  const child = spawn(told.command[0] ?? '', told.command.slice(1));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const marks: Mark[] = [];
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stdin.on('error', () => undefined);
  const line = Buffer.alloc(50_000, 'y\n');
  const feed = (error?: Error | null): void => {
    if (error) return;
    if (!marks.includes('ended')) child.stdin.write(line, feed);
    else child.stdin.end();
  };
  feed();
  for await (const chunk of told.withoutMarks(child.stderr as AsyncIterable<Buffer>, (mark) => marks.push(mark))) err += chunk.toString();
  return { code: await ended, out, err, marks };
}

test('a command that leaves endless input unread ends with its own exit code and its own words', async () => {
  expect(await run(['sh', '-c', 'head -n 1; echo bad >&2; exit 3'])).toEqual({ code: 3, out: 'y\n', err: 'bad\n', marks: ['starts', 'ended'] });
  expect(await run(['sh', '-c', 'kill -9 $$'])).toEqual({ code: 137, out: '', err: '', marks: ['starts', 'ended'] });
  expect(await run(['no-such-program'])).toMatchObject({ code: 127, out: '', err: '', marks: ['missing'] });
});
