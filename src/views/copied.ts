import type { Copied } from '../operate/copy.js';
import type { Look } from './look.js';
import { plural, printable } from './text.js';

/** Says what was copied, and what was not. */
export function copiedText({ source, destination, files, bytes, leftOut }: Copied, look: Look): string {
  const { style } = look;
  const shown = look.verbose ? leftOut : leftOut.slice(0, 5);
  const more = leftOut.length - shown.length;
  const lines = [`${style.good('✓')} ${source} -> ${destination}: ${plural(files, 'file')}, ${sizeText(bytes)}`];
  if (leftOut.length > 0) lines.push(style.warn(`${leftOut.length} left out:`), ...shown.map((entry) => `  ${printable(entry)}`));
  if (more > 0) lines.push(style.dim(`  and ${more} more (-v shows all)`));
  return lines.join('\n');
}

/** The published form of a copy. */
export function copiedJson(copied: Copied): object {
  return { version: 1, ...copied };
}

/** Bytes in the unit that leaves one to three digits before the point. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
