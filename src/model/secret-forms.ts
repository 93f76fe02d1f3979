import { Buffer } from 'node:buffer';
import { searcher, type Found } from '../lib/find-many.js';
import type { SecretTable } from './secret-trace.js';

/** How secret values can be written inside a text: plain, escaped for a URL or JSON, or as a piece of base64. */

/** A match of the pattern: a value in one of its plain forms, or characters that base64 makes of one. */
export type Form = { kind: 'plain'; name: string; tag: string } | { kind: 'core'; phase: number };

/** All forms of a table's values, ready to search with. */
export interface Matcher {
  /** The first place at or after `from` where forms stand, the longest first. */
  find(text: string, from: number): Found<Form> | undefined;
  /** Whole strings: values below `findableLength` characters, as they are and as base64. */
  whole: ReadonlyMap<string, { name: string; base64: boolean; padded: boolean }>;
  /** The same for text, and for bytes that are not text (one character a byte). */
  text(): Matcher;
  bytes(): Matcher;
}

/** Below this a value is only looked for as a whole string: short words stand everywhere by chance. */
export const findableLength = 6;
/** A long value is recognised by this many of its base64 characters; decoding proves it. */
const coreLength = 48;

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
const strict = (value: string): string => uri(value).replace(/[!'()*]/g, percent);
const uri = (value: string): string => encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'));
const json = (value: string): string => JSON.stringify(value).slice(1, -1);

/** Writers of a value by tag: the empty tag is the value itself. Two tags may give the same text; the first one counts. */
export const encodings: Readonly<Record<string, (value: string) => string>> = {
  '': (value) => value,
  uri,
  strict,
  query: (value) => strict(value).replaceAll('%20', '+'),
  path: (value) => strict(value).replace(/%(24|26|2B|3A|3D|40)/g, decodeURIComponent),
  user: (value) => strict(value).replace(/%(24|26|2B|2C|3B|3D)/g, decodeURIComponent),
  json,
  html: (value) => json(value).replace(/[<>&\u2028\u2029]/g, unicode),
};

/** Builds the matcher of a table. */
export function matcherOf(table: SecretTable): Matcher {
  let bytes: Matcher | undefined;
  const text = build(table, (form) => form, { text: () => text, bytes: () => (bytes ??= build(table, latin1, text)) });
  return text;
}

type Modes = Pick<Matcher, 'text' | 'bytes'>;

/** `seen` is how a form looks in the strings that are searched. */
function build(table: SecretTable, seen: (text: string) => string, { text, bytes }: Modes): Matcher {
  const forms = new Map<string, Form>();
  const whole: Map<string, { name: string; base64: boolean; padded: boolean }> = new Map();
  const plain: { name: string; tag: string; form: string }[] = [];
  for (const [name, value] of table) {
    if (value.length >= findableLength) {
      for (const [tag, encode] of Object.entries(encodings)) plain.push({ name, tag, form: encode(value) });
    } else if (value !== '') addWhole(whole, name, value, seen);
  }
  // A form of one value may be contained in another's: plain ones win over pieces of base64, the first over the later.
  for (const { form, name, tag } of plain) if (!forms.has(seen(form))) forms.set(seen(form), { kind: 'plain', name, tag });
  for (const { form, tag } of plain) {
    for (const inner of cores(form)) {
      addCore(forms, inner);
      if (tag === '' || tag === 'json') for (const outer of cores(inner.text)) addCore(forms, outer);
    }
  }
  return { find: searcher(forms), whole, text, bytes };
}

/** The UTF-8 bytes of a text, one character a byte. */
export function latin1(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}

function addWhole(whole: Matcher['whole'] & Map<string, unknown>, name: string, value: string, seen: (text: string) => string): void {
  const padded = Buffer.from(value, 'utf8').toString('base64');
  const bare = padded.replace(/=+$/, '');
  if (!whole.has(seen(value))) whole.set(seen(value), { name, base64: false, padded: false });
  if (!whole.has(bare)) whole.set(bare, { name, base64: true, padded: false });
  if (!whole.has(padded)) whole.set(padded, { name, base64: true, padded: true });
}

interface Core {
  text: string;
  /** Place of its first character in a group of four. */
  phase: number;
}

/**
 * The characters that base64 makes of a text wherever it stands in the encoded bytes: one core for each of the three
 * alignments, less the characters that share bits with the bytes around it.
 */
function cores(text: string): Core[] {
  const out: Core[] = [];
  const bytes = Buffer.from(text, 'utf8');
  for (let before = 0; before < 3; before++) {
    const first = before === 0 ? 0 : before + 1;
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').slice(first, last);
    // The middle of a long text tells more than its start, which all certificates share.
    const skip = encoded.length > 4 * coreLength ? Math.floor(encoded.length / 2) : 0;
    out.push({ text: encoded.slice(skip, skip + coreLength), phase: (first + skip) % 4 });
  }
  const url = out.filter((core) => /[+/]/.test(core.text));
  return [...out, ...url.map((core) => ({ ...core, text: core.text.replaceAll('+', '-').replaceAll('/', '_') }))];
}

function addCore(forms: Map<string, Form>, core: Core): void {
  if (!forms.has(core.text)) forms.set(core.text, { kind: 'core', phase: core.phase });
}
