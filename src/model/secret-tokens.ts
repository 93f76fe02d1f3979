import { Buffer } from 'node:buffer';
import { encodings, latin1, matcherOf, type Matcher } from './secret-forms.js';
import type { SecretTable } from './secret-trace.js';

/**
 * The text form of traced secrets. A token is written between two rare brackets and is one of
 *   ⟦NAME⟧ ⟦NAME|TAG⟧      a value, as it is or in one of `encodings`
 *   ⟦base64,FLAGS:TEXT⟧    base64 of TEXT, which holds tokens itself; flags: url, bare (no padding), bytes, last=C
 *   ⟦(⟧ ⟦)⟧                the brackets themselves, where the input had them
 */
const open = '\u27e6';
const close = '\u27e7';

/** A token read back: the secrets it stands for, and the text it stands for with a table's values. */
export interface Token {
  secrets: readonly string[];
  /** Throws an Error that names a secret the table does not have. */
  value(table: SecretTable): string;
}

/** Replaces the secrets of a text by tokens. A text without any comes back as it is. */
export function rewrite(text: string, matcher: Matcher): string {
  return rewriteWith(text, matcher).text;
}

/** Replaces each token of a rewritten text by what `write` makes of it. */
export function unwrite(text: string, write: (token: Token) => string): string {
  let start = text.indexOf(open);
  if (start < 0) return text;
  let out = '';
  let from = 0;
  for (; start >= 0; start = text.indexOf(open, from)) {
    const end = closing(text, start);
    out += text.slice(from, start) + write(parse(text.slice(start + 1, end)));
    from = end + 1;
  }
  return out + text.slice(from);
}

const matchers = new WeakMap<SecretTable, { signature: string; matcher: Matcher }>();

/** The matcher of a table, made once; a table that has changed since gets a new one. */
export function matcherFor(table: SecretTable): Matcher {
  let signature = '';
  for (const [name, value] of table) signature += `${name}\0${value}\0`;
  const cached = matchers.get(table);
  if (cached?.signature === signature) return cached.matcher;
  const matcher = matcherOf(table);
  matchers.set(table, { signature, matcher });
  return matcher;
}

interface Rewritten {
  text: string;
  /** Whether a secret was found; brackets alone do not count. */
  found: boolean;
}

function rewriteWith(text: string, matcher: Matcher): Rewritten {
  const whole = matcher.whole.get(text);
  if (whole) {
    const token = nameToken(whole.name, '');
    return { text: whole.base64 ? base64Token(token, { bare: !whole.padded }) : token, found: true };
  }
  let out = '';
  let from = 0;
  let found = false;
  for (let hit = find(text, 0, matcher); hit; hit = find(text, hit.end, matcher)) {
    out += literal(text.slice(from, hit.start)) + hit.token;
    from = hit.end;
    found = true;
  }
  return { text: out + literal(from === 0 ? text : text.slice(from)), found };
}

interface Hit {
  start: number;
  end: number;
  token: string;
}

/** The first secret at or after `from`. Of forms at one place the longest that proves real counts. */
function find(text: string, from: number, matcher: Matcher): Hit | undefined {
  for (let found = matcher.find(text, from); found; found = matcher.find(text, found.at + 1)) {
    const { at, words } = found;
    for (const { word, is } of words) {
      if (is.kind === 'plain') return { start: at, end: at + word.length, token: nameToken(is.name, is.tag) };
      const hit = base64Hit(text, { from, at, phase: is.phase }, matcher);
      if (hit) return hit;
    }
  }
  return undefined;
}

const alphabets = [
  { url: false, char: /[A-Za-z0-9+/]/ },
  { url: true, char: /[A-Za-z0-9_-]/ },
] as const;

/** Decodes the base64 around a piece of it. Undefined when no secret is in there: the piece stood there by chance. */
function base64Hit(text: string, seen: { from: number; at: number; phase: number }, matcher: Matcher): Hit | undefined {
  for (const { url, char } of alphabets) {
    const run = runAround(text, seen, char);
    // Neither side of a run may touch the other alphabet, or this is the wrong one; the last alphabet takes what is left.
    if (!run || (!url && /[-_]/.test(`${text[run.outer] ?? ''}${text[run.end] ?? ''}`))) continue;
    const hit = decodeRun(text, run, { url, matcher });
    if (hit) return hit;
  }
  const run = runAround(text, seen, alphabets[0].char);
  return run && decodeRun(text, run, { url: false, matcher });
}

interface Run {
  /** The first character of a whole group of four. */
  start: number;
  end: number;
  /** The character before the run, -1 at the start of the text. */
  outer: number;
}

function runAround(text: string, { from, at, phase }: { from: number; at: number; phase: number }, char: RegExp): Run | undefined {
  let first = at;
  while (first > from && char.test(text[first - 1]!)) first--;
  let end = at;
  while (end < text.length && char.test(text[end]!)) end++;
  const start = first + ((((at - phase - first) % 4) + 4) % 4);
  return start <= at - phase && end > at ? { start, end, outer: first - 1 } : undefined;
}

function decodeRun(text: string, run: Run, { url, matcher }: { url: boolean; matcher: Matcher }): Hit | undefined {
  // One character left over carries no byte: it is no part of the encoded text.
  const end = (run.end - run.start) % 4 === 1 ? run.end - 1 : run.end;
  const encoded = text.slice(run.start, end);
  const bytes = Buffer.from(encoded, 'base64');
  const inner = utf8(bytes);
  const rewritten = inner === undefined ? rewriteWith(bytes.toString('latin1'), matcher.bytes()) : rewriteWith(inner, matcher.text());
  if (!rewritten.found) return undefined;
  const padding = '='.repeat((4 - (encoded.length % 4)) % 4);
  const padded = padding !== '' && text.startsWith(padding, end);
  const last = toBase64(bytes, url) === encoded ? undefined : encoded.at(-1);
  const token = base64Token(rewritten.text, { url, bare: !padded && padding !== '', bytes: inner === undefined, last });
  return { start: run.start, end: padded ? end + padding.length : end, token };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Buffer, url: boolean): string {
  return url ? bytes.toString('base64url') : bytes.toString('base64').replace(/=+$/, '');
}

interface Base64Flags {
  url?: boolean;
  bare?: boolean;
  bytes?: boolean;
  /** The last character, where it carries bits that no byte uses. */
  last?: string | undefined;
}

function base64Token(inner: string, { url, bare, bytes, last }: Base64Flags): string {
  const flags = [url && ',url', bare && ',bare', bytes && ',bytes', last !== undefined && `,last=${last}`];
  return `${open}base64${flags.filter(Boolean).join('')}:${inner}${close}`;
}

function nameToken(name: string, tag: string): string {
  const safe = name.replace(/[^A-Za-z0-9._/-]/gu, (char) => encodeURIComponent(char).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`));
  return `${open}${safe}${tag === '' ? '' : `|${tag}`}${close}`;
}

/** Whether a text holds a bracket of the token syntax. */
export function hasBrackets(text: string): boolean {
  return text.includes(open) || text.includes(close);
}

function literal(text: string): string {
  if (!hasBrackets(text)) return text;
  return text.replace(/[\u27e6\u27e7]/g, (bracket) => `${open}${bracket === open ? '(' : ')'}${close}`);
}

function closing(text: string, start: number): number {
  for (let at = start + 1, depth = 1; at < text.length; at++) {
    if (text[at] === open) depth++;
    else if (text[at] === close && --depth === 0) return at;
  }
  throw new Error('a stored text is cut: a secret token has no end');
}

function parse(body: string): Token {
  if (body === '(' || body === ')') return { secrets: [], value: () => (body === '(' ? open : close) };
  const encoded = /^base64((?:,[a-z0-9=+/_-]+)*):/i.exec(body);
  if (encoded) return base64Parsed(body.slice(encoded[0].length), encoded[1]!.split(',').slice(1));
  const [safe = '', tag = ''] = body.split('|');
  const name = decodeURIComponent(safe);
  const encode = encodings[tag];
  if (!encode) throw new Error(`a stored text has a token of an unknown form: ${tag}`);
  return { secrets: [name], value: (table) => encode(valueOf(name, table)) };
}

function base64Parsed(inner: string, flags: string[]): Token {
  const secrets: string[] = [];
  unwrite(inner, (token) => (secrets.push(...token.secrets), ''));
  return { secrets, value: (table) => encodeAgain(inner, flags, table) };
}

function encodeAgain(inner: string, flags: string[], table: SecretTable): string {
  const binary = flags.includes('bytes');
  const plain = unwrite(inner, (token) => (binary ? latin1(token.value(table)) : token.value(table)));
  let encoded = toBase64(Buffer.from(plain, binary ? 'latin1' : 'utf8'), flags.includes('url'));
  const last = flags.find((flag) => flag.startsWith('last='))?.slice(5);
  if (last !== undefined && encoded.length % 4 !== 0) encoded = encoded.slice(0, -1) + last;
  return flags.includes('bare') ? encoded : encoded + '='.repeat((4 - (encoded.length % 4)) % 4);
}

function valueOf(name: string, table: SecretTable): string {
  const value = table.get(name);
  if (value === undefined) throw new Error(`no value for secret ${name}`);
  return value;
}
