import type { Look } from './look.js';
import { pad, truncate, widthOf } from './width.js';

/** A cell: text, and how it is styled after it was cut and padded. */
export type Cell = string | { text: string; style: (text: string) => string };

/** A column; the one that is `flexible` is cut when the line is wider than the terminal. */
export interface Column {
  title: string;
  right?: boolean;
  flexible?: boolean;
}

const gap = '  ';

/** Lays out rows under titles. A row that is a string stands as a line of its own, cut to the width. */
export function table(columns: Column[], rows: (Cell[] | string)[], look: Look): string[] {
  const cells = rows.filter((row) => typeof row !== 'string');
  const widths = columns.map((column, i) => Math.max(widthOf(column.title), ...cells.map((row) => widthOf(textOf(row[i])))));
  fit(widths, columns, look.width);
  const line = (row: Cell[]) =>
    row
      .map((cell, i) => {
        const width = widths[i]!;
        const cut = truncate(textOf(cell), width);
        const blank = ' '.repeat(Math.max(0, width - widthOf(cut)));
        const styled = typeof cell === 'string' ? cut : cell.style(cut);
        if (columns[i]!.right) return blank + styled;
        return i === row.length - 1 ? styled : styled + blank;
      })
      .join(gap)
      .trimEnd();
  const header = line(columns.map(({ title }) => ({ text: title, style: look.style.dim })));
  return [header, ...rows.map((row) => (typeof row === 'string' ? row : line(row)))];
}

/** Lines of `name  value`, values under each other. */
export function pairs(entries: [string, string][], look: Look): string[] {
  const width = Math.max(0, ...entries.map(([name]) => widthOf(name)));
  return entries.map(([name, value]) => `${look.style.dim(pad(name, width))}${gap}${value}`);
}

function fit(widths: number[], columns: Column[], available: number): void {
  const flexible = columns.findIndex((column) => column.flexible);
  if (flexible < 0) return;
  const others = widths.reduce((sum, width, i) => (i === flexible ? sum : sum + width), 0) + gap.length * (columns.length - 1);
  widths[flexible] = Math.min(widths[flexible]!, Math.max(12, available - others));
}

function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  return typeof cell === 'string' ? cell : cell.text;
}
