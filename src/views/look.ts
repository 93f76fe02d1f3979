import pc from 'picocolors';

/** Words get a meaning, never a colour alone: each of these is used beside a symbol or a word. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  note(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

/** How text is to look: colours or none, and how many columns there are (Infinity where nothing is cut). */
export interface Look {
  style: Style;
  width: number;
  /** Shows what is left out by default: unchanged objects, fields of new objects, notes. */
  verbose: boolean;
}

/** Makes the styles; without colour each returns its text as it is. */
export function createStyle(colour: boolean): Style {
  const colours = pc.createColors(colour);
  return { good: colours.green, bad: colours.red, warn: colours.yellow, note: colours.cyan, dim: colours.dim, strong: colours.bold };
}

/** Text as a file or a test sees it: no colour, nothing cut. */
export const plainLook: Look = { style: createStyle(false), width: Infinity, verbose: false };
