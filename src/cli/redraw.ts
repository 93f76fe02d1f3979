import { stripVTControlCharacters } from 'node:util';
import { plural } from '../views/text.js';
import { widthOf } from '../views/width.js';
import type { Screen } from './terminal.js';

/** Text that is drawn over its older self on a terminal. */
export interface Redraw {
  /** Draws what `layout` gives, now and after each resize; what is higher than the terminal loses its last lines. */
  show(layout: () => string): void;
  /** Writes lines that stay above the text. */
  above(text: string): void;
  /** Takes the text away. */
  clear(): void;
  /** Leaves the text where it is, for good. */
  end(): void;
}

/** Starts to draw on a terminal. */
export async function redrawOn(stream: Screen): Promise<Redraw> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  let drawn = '';
  let columns = columnsOf(stream);
  let layout = (): string => '';
  const draw = (): void => {
    const now = columnsOf(stream);
    // A narrower terminal has broken the lines that were drawn: log-update would leave the upper ones behind.
    if (now < columns) stream.write('\u001b[2K\u001b[1A'.repeat(rowsAt(drawn, columns, now) - rowsAt(drawn, columns, columns)));
    const text = fitted(layout(), Math.max(4, (stream.rows ?? 24) - 1));
    // log-update 7 draws only the lines that differ, and leaves those below them where they were when there are fewer.
    if (drawn !== '' && rowsAt(text, now, now) !== rowsAt(drawn, columns, columns)) update.clear();
    columns = now;
    drawn = text;
    update(drawn);
  };
  stream.on('resize', draw);
  return {
    show: (next) => {
      layout = next;
      draw();
    },
    above: (text) => {
      update.persist(text);
      drawn = '';
      draw();
    },
    clear: () => {
      drawn = '';
      layout = () => '';
      update.clear();
    },
    end: () => {
      stream.off('resize', draw);
      update.done();
    },
  };
}

/** Rows that text takes at a width, after it was broken at another one. */
export function rowsAt(text: string, brokenAt: number, columns: number): number {
  if (text === '') return 0;
  const rowsOf = (width: number): number => Math.max(1, Math.ceil(width / columns));
  return text.split('\n').reduce((rows, line) => {
    const width = widthOf(stripVTControlCharacters(line));
    const whole = Math.floor(width / brokenAt);
    const rest = width % brokenAt;
    return rows + whole * rowsOf(brokenAt) + (rest > 0 || whole === 0 ? rowsOf(rest) : 0);
  }, 0);
}

function columnsOf(stream: Screen): number {
  return stream.columns !== undefined && stream.columns > 0 ? stream.columns : 80;
}

function fitted(text: string, rows: number): string {
  const lines = text.split('\n');
  if (lines.length <= rows) return text;
  return [...lines.slice(0, rows - 1), `… ${plural(lines.length - rows + 1, 'more line')}`].join('\n');
}
