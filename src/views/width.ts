import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();
const ascii = /^[\x20-\x7e]*$/;

/** Columns that a line takes on a terminal: two for East Asian letters and emoji, none for colour codes. */
export function widthOf(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text);
}

/** Cuts a line without colour codes to `width` columns, ending in an ellipsis where something was cut. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = used + widthOf(segment);
    if (next > Math.max(0, width - 1)) break;
    out += segment;
    used = next;
  }
  return `${out}…`;
}

/** Fills a line with spaces up to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
