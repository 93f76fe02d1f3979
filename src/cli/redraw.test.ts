import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { redrawOn, rowsAt } from './redraw.js';

const screen = (columns: number, rows: number): PassThrough & { isTTY: boolean; columns: number; rows: number } => Object.assign(new PassThrough(), { isTTY: true, columns, rows });

/** What a terminal shows that breaks lines anew when it is resized: enough of one for cursor up, erase line and erase down. */
function play(bytes: string, columns: number): string[] {
  const lines: string[] = [''];
  let row = 0;
  for (const [token] of bytes.matchAll(/\u001b\[\??\d*[A-Za-z]|\n|[^\n\u001b]+/g)) {
    const [, count, verb] = /^\u001b\[\??(\d*)([A-Za-z])$/.exec(token) ?? [];
    if (token === '\n') row++;
    else if (verb === 'A') row = Math.max(0, row - Number(count));
    else if (verb === 'B') row += Number(count);
    else if (verb === 'K' && count === '2') lines[row] = '';
    else if (verb === undefined) lines[row] = (lines[row] ?? '') + token;
    lines[row] ??= '';
  }
  return lines.flatMap((line) => (line === '' ? [''] : (line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [])));
}

test('rows are counted after lines were broken by a narrower terminal', () => {
  expect([rowsAt('', 80, 40), rowsAt('abc', 80, 40), rowsAt('x'.repeat(70), 80, 40), rowsAt('\u001b[31mred\u001b[39m\n\n数据库', 80, 3)]).toEqual([0, 1, 2, 4]);
});

test('a table that is drawn again on a narrower terminal leaves nothing of its older self behind', async () => {
  const stream = screen(20, 10);
  const redraw = await redrawOn(stream);
  redraw.show(() => 'title\n0123456789abcdef\nend');
  const before = play(String(stream.read()), 10).join('\n');
  expect(before).toBe('title\n0123456789\nabcdef\nend\n');
  stream.columns = 10;
  redraw.show(() => 'title\nshort\nend');
  stream.emit('resize');
  redraw.end();
  expect(play(`${before}${String(stream.read())}`, 10).filter((line) => line !== '')).toEqual(['title', 'short', 'end']);
});

test('lines that go away in the middle leave no gap', async () => {
  const stream = screen(40, 10);
  const redraw = await redrawOn(stream);
  redraw.show(() => 'title\nweb\n  object\nend');
  redraw.show(() => 'title\nweb\nend');
  redraw.end();
  expect(play(String(stream.read()), 40).slice(0, 3)).toEqual(['title', 'web', 'end']);
});

test('text that is higher than the terminal says how much is missing', async () => {
  const stream = screen(40, 6);
  const redraw = await redrawOn(stream);
  redraw.show(() => Array.from({ length: 9 }, (_, i) => `line ${i}`).join('\n'));
  redraw.end();
  expect(play(String(stream.read()), 40).filter((line) => line !== '')).toEqual(['line 0', 'line 1', 'line 2', 'line 3', '… 5 more lines']);
});
