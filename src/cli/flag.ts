import { diagnose, MostikError } from '../diagnostics/diagnostic.js';

/** Where completion takes the values of a flag or an argument from. */
export type Completion = 'files' | 'folders' | 'components' | 'profiles' | 'clusters' | 'contexts' | readonly string[];

/** A flag; its long name is its key in the command's `flags`: `takeOver` is `--take-over`. */
export interface Flag<T> {
  short?: string;
  /** What stands for the value in help; a flag without one is a switch. */
  value?: string;
  description: string;
  initial: T;
  /** May be given more than once; its environment form splits on commas. */
  repeats: boolean;
  complete?: Completion;
  /** Takes one text in; throws with what was expected. */
  read(text: string, before: T): T;
}

/** The flags of a command by key. */
export type Flags = Record<string, Flag<unknown>>;

/** What was given, or the initial values. */
export type Values<F> = { [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** Says what a value should have been; becomes a Diagnostic with the name of the flag. */
export class UnreadableValue extends Error {
  readonly expected: string;

  constructor(expected: string) {
    super(expected);
    this.expected = expected;
  }
}

interface Wording {
  short?: string;
  value?: string;
  complete?: Completion;
}

/** A flag that is there or not. */
export function toggle(description: string, wording: Wording = {}): Flag<boolean> {
  return { ...wording, description, initial: false, repeats: false, read: readBoolean };
}

/** A flag with a text. */
export function text(description: string, wording: Wording & { value: string }): Flag<string | undefined> {
  return { ...wording, description, initial: undefined, repeats: false, read: (given) => given };
}

/** A flag that may be repeated. */
export function list(description: string, wording: Wording & { value: string }): Flag<string[]> {
  return { ...wording, description, initial: [], repeats: true, read: (given, before) => [...before, given] };
}

/** A flag with one of a few words; the first is the initial one. */
export function choice<const C extends string>(description: string, words: readonly [C, ...C[]], wording: Wording = {}): Flag<C> {
  const read = (given: string): C => {
    const found = words.find((word) => word === given);
    if (found === undefined) throw new UnreadableValue(`one of ${words.join(', ')}`);
    return found;
  };
  return { value: words.join('|'), complete: words, ...wording, description, initial: words[0], repeats: false, read };
}

/** A flag with a whole number of at least `least`. */
export function wholeNumber(description: string, wording: Wording & { value: string; least: number }): Flag<number | undefined> {
  const { least, ...rest } = wording;
  const read = (given: string): number => {
    const number = /^\d+$/.test(given) ? Number(given) : NaN;
    if (!Number.isSafeInteger(number) || number < least) throw new UnreadableValue(`a whole number of at least ${least}`);
    return number;
  };
  return { ...rest, description, initial: undefined, repeats: false, read };
}

/** A flag with a length of time (`90s`, `5m`, `1h30m`), read as seconds. */
export function seconds(description: string, wording: Wording & { value: string }): Flag<number | undefined> {
  return { ...wording, description, initial: undefined, repeats: false, read: readSeconds };
}

/** The long name of a flag: `--take-over` of `takeOver`. */
export function longName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The environment form of a flag: `MOSTIK_TAKE_OVER` of `takeOver`. */
export function environmentName(key: string): string {
  return `MOSTIK_${longName(key).slice(2).replaceAll('-', '_').toUpperCase()}`;
}

/** Reads one text of a flag; what cannot be read is a Diagnostic that names the flag as it was given. */
export function readFlag<T>(flag: Flag<T>, given: { name: string; text: string; before: T }): T {
  try {
    return flag.read(given.text, given.before);
  } catch (error) {
    if (!(error instanceof UnreadableValue)) throw error;
    throw new MostikError([diagnose('flag-invalid', { where: given.name, expected: error.expected, value: JSON.stringify(given.text), hint: '' })]);
  }
}

function readBoolean(given: string): boolean {
  if (/^(1|true|yes|on)$/i.test(given)) return true;
  if (/^(0|false|no|off|)$/i.test(given)) return false;
  throw new UnreadableValue('true or false');
}

function readSeconds(given: string): number {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(given);
  if (parts === null || given === '') throw new UnreadableValue('a length of time such as 90s, 5m or 1h30m');
  const [, hours, minutes, rest] = parts;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0);
}
