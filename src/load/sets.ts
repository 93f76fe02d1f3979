import { diagnose, MostikError } from '../diagnostics/index.js';
import type { FieldPath, SetValue } from '../model/index.js';

const maxIndex = 65_536;
const maxDepth = 30;

/**
 * Reads `--set COMPONENT.path=value` by the rules of Helm's `--set`: several are parted by commas, `{a,b}` is a list,
 * `[0]` an item, `\` takes the meaning off the letter after it. Throws a Diagnostic for a text that has no meaning.
 */
export function parseSet(text: string): SetValue[] {
  const input = new Letters(text);
  const sets: SetValue[] = [];
  while (!input.done) {
    const path = readPath(input, text);
    const [component, ...rest] = path;
    const value = readValue(input, text);
    if (typeof component !== 'string' || typeof rest[0] !== 'string') wrong(text, `${String(component)} names a component, and no value of it`);
    sets.push({ component, path: rest, value, text });
  }
  if (sets.length === 0) wrong(text, 'it is empty');
  return sets;
}

/** Reads up to and with the `=`. */
function readPath(input: Letters, text: string): FieldPath {
  const path: FieldPath = [];
  for (;;) {
    const { read, stop } = input.until('=[,.');
    const afterIndex = typeof path[path.length - 1] === 'number';
    if (stop === '' || stop === ',') wrong(text, read === '' && path.length === 0 ? 'a key is missing' : `${quote(read, path)} has no value`);
    if (read === '' && !afterIndex) wrong(text, 'a key is missing');
    if (read !== '' && afterIndex && path.length > 0 && !input.dotBefore) wrong(text, `unexpected ${JSON.stringify(read)} after an index`);
    if (read !== '') path.push(read);
    if (path.length > maxDepth) wrong(text, `more than ${maxDepth} levels`);
    if (stop === '[') path.push(readIndex(input, text));
    if (stop === '=') return path;
    input.dotBefore = stop === '.';
  }
}

function readIndex(input: Letters, text: string): number {
  const { read, stop } = input.until(']');
  const index = /^\d+$/.test(read) ? Number(read) : NaN;
  if (stop !== ']' || Number.isNaN(index)) wrong(text, `${JSON.stringify(read)} is no index: expected a whole number between [ and ]`);
  if (index > maxIndex) wrong(text, `index ${index} is beyond ${maxIndex}`);
  return index;
}

function readValue(input: Letters, text: string): unknown {
  if (input.peek() !== '{') return typed(input.until(',').read);
  input.take();
  const list: unknown[] = [];
  for (;;) {
    const { read, stop } = input.until(',}');
    if (stop === '') wrong(text, 'a list must end with }');
    list.push(typed(read));
    if (stop === '}') break;
  }
  if (!input.done && input.take() !== ',') wrong(text, 'a comma must follow the } of a list');
  return list;
}

/** Helm's typing: `true`, `false`, `null` in any case, and whole numbers that do not begin with 0; the rest is text, `{}` a list of one empty text. */
function typed(text: string): unknown {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  if (lower === 'null') return null;
  if (text === '0') return 0;
  return /^([1-9]\d*|[-+]\d+)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) + 0 : text;
}

function quote(read: string, path: FieldPath): string {
  return JSON.stringify(read || String(path[path.length - 1] ?? ''));
}

function wrong(text: string, problem: string): never {
  throw new MostikError([diagnose('set-syntax', { text: text || '""', problem })]);
}

/** A text read letter by letter. */
class Letters {
  #at = 0;
  /** Whether the step that is read comes after a dot. */
  dotBefore = true;
  readonly #letters: string[];

  constructor(text: string) {
    this.#letters = [...text];
  }

  get done(): boolean {
    return this.#at >= this.#letters.length;
  }

  peek(): string {
    return this.#letters[this.#at] ?? '';
  }

  take(): string {
    return this.#letters[this.#at++] ?? '';
  }

  /** Reads until one of `stops`, which is consumed; an empty stop is the end of the text. */
  until(stops: string): { read: string; stop: string } {
    let read = '';
    while (!this.done) {
      const letter = this.take();
      if (letter !== '' && stops.includes(letter)) return { read, stop: letter };
      read += letter === '\\' ? this.take() : letter;
    }
    return { read, stop: '' };
  }
}
