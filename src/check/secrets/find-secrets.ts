import { createHash } from 'node:crypto';
import { isLikelySecret } from './plausible.js';
import { secretManifests } from './manifests.js';
import { tokenForms } from './tokens.js';

/** A secret in a file; its value is not kept. */
export interface FoundSecret {
  line: number;
  column: number;
  /** What it is, in words: `a private key`, `the value of password`. */
  what: string;
  /** Its first letters, the rest masked. */
  masked: string;
  /** The same for the same secret in the same file, whatever the line. */
  id: string;
}

/** One place of a line. */
interface Hit {
  line: number;
  column: number;
  what: string;
  value: string;
  /** What tells it from others, where that is more than the value. */
  whole?: string;
}

/** Changes when what is found changes: results of older rules are not used. */
export const rulesVersion = 1;

/** Finds secrets in a file: private keys, well-known tokens, Secret manifests, and what stands at keys such as `password`. */
export function findSecrets(path: string, text: string): FoundSecret[] {
  if (isSkipped(path) || text.includes('\0')) return [];
  const lines = text.split(/\r?\n/);
  const sealed = sealedLines(lines);
  const hits = [...privateKeys(lines), ...tokens(lines), ...secretManifests(lines), ...assignments(path, lines)];
  const first = new Map<number, Hit>();
  for (const hit of hits) if (!first.has(hit.line) && !sealed.has(hit.line) && !isAllowed(lines, hit.line)) first.set(hit.line, hit);
  return [...first.values()]
    .sort((a, b) => a.line - b.line)
    .map(({ line, column, what, value, whole = value }) => ({ line, column, what, masked: masked(value), id: createHash('sha256').update(`${path}\0${what}\0${whole}`).digest('hex').slice(0, 12) }));
}

/** Lists of versions and digests, what programs made, and certificates, which are public. */
function isSkipped(path: string): boolean {
  return /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|[\w.-]+\.lock|go\.sum|pnpm-lock\.yaml)$|\.(?:min\.js|map|svg|pub|crt|cer|csr|tgz|gz|zip|png|jpe?g|gif|ico|woff2?|ttf|pdf|br|wasm|so|jar|ipynb)$/i.test(path);
}

/** The lines of documents that are encrypted as a whole: SealedSecrets, and what sops made. */
function sealedLines(lines: readonly string[]): ReadonlySet<number> {
  const sealed = new Set<number>();
  let start = 0;
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && !/^---(\s|$)/.test(lines[i]!)) continue;
    const document = lines.slice(start, i);
    if (document.some((line) => /^\s*"?kind"?:\s*"?SealedSecret"?\s*,?$/.test(line) || /^sops:\s*$/.test(line) || /^\s*"sops":\s*\{/.test(line))) for (let j = start; j < i; j++) sealed.add(j + 1);
    start = i + 1;
  }
  return sealed;
}

/** `mostik:allow-secret REASON` on the line, or on the one above. */
function isAllowed(lines: readonly string[], line: number): boolean {
  const allowed = /mostik:allow-secret\s+\S.{2,}/;
  return allowed.test(lines[line - 1] ?? '') || (allowed.test(lines[line - 2] ?? '') && /^\s*(#|\/\/|--|;|\{\{-?\s*\/\*|<!--)/.test(lines[line - 2] ?? ''));
}

function privateKeys(lines: readonly string[]): Hit[] {
  return lines.flatMap((line, i) => {
    const match = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/.exec(line);
    if (!match) return [];
    // The letters of the key follow, on this line or below: in a page about keys they do not.
    const rest = [line.slice(match.index + match[0].length), ...lines.slice(i + 1, i + 8)].join('\n').split('-----END')[0] ?? '';
    const body = /[A-Za-z0-9+/=]{40,}/.exec(rest)?.[0];
    return body === undefined ? [] : [{ line: i + 1, column: match.index + 1, what: 'a private key', value: body }];
  });
}

function tokens(lines: readonly string[]): Hit[] {
  return lines.flatMap((line, i) =>
    tokenForms.flatMap(({ what, pattern }) => {
      const match = pattern.exec(line);
      if (!match || /EXAMPLE/.test(match[0])) return [];
      // The same letter over and over is how tokens are drawn in documents.
      if (/(.)\1{7}/.test(match[0])) return [];
      return [{ line: i + 1, column: match.index + 1, what, value: match[0] }];
    }),
  );
}

const secretKey = /(?:^|[-_.])(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?)$|(?:api|access|private|auth|encryption|signing|license|account|master|shared|secret)[-_.]?key$|(?:client|app|webhook|cookie|session|jwt|hmac)[-_.]?secret$/i;
const camelKey = /(?:Password|Passwd|Passphrase|Secret|Token|Credential|Credentials|Pwd|PWD)$/;

/** Whether a key names a secret, and not where one is kept. */
export function isSecretKey(key: string): boolean {
  return (secretKey.test(key) || camelKey.test(key)) && !/^(?:existing|from|use|has|is|create|generate|auto|mount|max|min|num)[-_A-Z]/.test(key);
}

/** A key, what stands between, and a value with or without quotes, as YAML, JSON, shell, TOML and most languages write it. */
const assignment = /(?:^|[\s{,;(])(?:export\s+|const\s+|let\s+|var\s+|-\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*(?::=|=>|[:=])\s*(?:"([^"]*)"|'([^']*)'|([^\s"',;}\])#][^\s"',;}\])]*))/g;

/** What stands at keys such as `password`, where it looks like a password. */
function assignments(path: string, lines: readonly string[]): Hit[] {
  if (/\.(?:md|mdx|rst|adoc|html?|css|txt)$|(?:^|\/)(?:tests?|__tests__|testdata|fixtures)\/|\.(?:test|spec)\.[a-z]+$|_test\.[a-z]+$/i.test(path)) return [];
  const quoted = /\.(?:[cm]?[jt]sx?|py|go|rb|java|kt|cs|php|rs|swift|tpl)$/i.test(path);
  return lines.flatMap((line, i) => {
    if (line.length > 2000) return [];
    const own = [...line.matchAll(assignment)].flatMap((match) => {
      const [, key = '', double, single, bare] = match;
      const value = double ?? single ?? (quoted ? undefined : bare);
      if (value === undefined || !isSecretKey(key) || !isLikelySecret(value)) return [];
      return [{ line: i + 1, column: match.index + match[0].lastIndexOf(value) + 1, what: `the value of ${key}`, value }];
    });
    return [...own, ...environment(lines, i), ...address(line, i)].slice(0, 1);
  });
}

/** `- name: DB_PASSWORD` with its `value:` below, as pods have it. */
function environment(lines: readonly string[], i: number): Hit[] {
  const match = /^(\s+)value:\s*(?:"([^"]*)"|'([^']*)'|([^\s#]\S*))/.exec(lines[i] ?? '');
  const name = /^(\s*)-?\s*name:\s*["']?([\w.-]+)["']?\s*$/.exec(lines[i - 1] ?? '')?.[2];
  const value = match?.[2] ?? match?.[3] ?? match?.[4];
  if (!match || name === undefined || value === undefined || !isSecretKey(name) || !isLikelySecret(value)) return [];
  return [{ line: i + 1, column: match[0].lastIndexOf(value) + 1, what: `the value of ${name}`, value }];
}

/** A password inside of a URL. */
function address(line: string, i: number): Hit[] {
  const match = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"']*:([^\s@/"']+)@/i.exec(line);
  const value = match?.[1];
  return match && value !== undefined && isLikelySecret(value) ? [{ line: i + 1, column: match.index + match[0].lastIndexOf(value) + 1, what: 'the password of a URL', value }] : [];
}

/** At most three letters, and fewer of a short one. */
function masked(value: string): string {
  return value.length < 12 ? '***' : `${value.slice(0, 3)}***`;
}
