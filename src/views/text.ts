/** Breaks a line at spaces so that no part is wider than `width`; a word that is wider stands alone. Letters are counted unless another measure is given. */
export function wrap(text: string, width: number, widthOf: (text: string) => number = (letters) => letters.length): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Puts `by` spaces before each line. */
export function indent(lines: string[], by: number): string[] {
  return lines.map((line) => (line === '' ? line : ' '.repeat(by) + line));
}

export { plural } from '../lib/plural.js';

/** A length of time in the two largest units: `4s`, `2m05s`, `3h12m`, `4d2h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${two(whole % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d${hours % 24}h`;
}

/** Takes control characters out of text that came from elsewhere, so that it cannot move the cursor or colour the screen. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
