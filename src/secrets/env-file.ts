/**
 * The `.env` format: `NAME=value` lines, `export` before them if one likes, `#` comments, values bare, in single quotes
 * (as they are) or in double quotes (where \\n, \\r, \\t and a backslash before a mark count). Quoted values may run over several lines.
 */
export interface EnvFile {
  values: ReadonlyMap<string, string>;
  /** 1-based line of each name. */
  lines: ReadonlyMap<string, number>;
  problems: { line: number; problem: string }[];
}

/** Reads the text of a `.env` file. Of a name that stands twice the last value counts, as in a shell. */
export function parseEnv(text: string): EnvFile {
  const values = new Map<string, string>();
  const lines = new Map<string, number>();
  const problems: EnvFile['problems'] = [];
  let line = 1;
  for (let rest = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'); rest !== ''; ) {
    const entry = readEntry(rest);
    if ('problem' in entry) problems.push({ line, problem: entry.problem });
    else if ('name' in entry) {
      values.set(entry.name, entry.value);
      lines.set(entry.name, line);
    }
    line += entry.text.split('\n').length - 1;
    rest = rest.slice(entry.text.length);
  }
  return { values, lines, problems };
}

/** Adds names to the text of a `.env` file, every byte that is there left as it is. */
export function appendEnv(text: string, entries: ReadonlyMap<string, string>): string {
  if (entries.size === 0) return text;
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return text + gap + [...entries].map(([name, value]) => `${name}=${quote(value)}\n`).join('');
}

type Entry = { text: string } & ({ name: string; value: string } | { problem: string } | { blank: true });

function readEntry(rest: string): Entry {
  const newline = rest.indexOf('\n');
  const text = newline < 0 ? rest : rest.slice(0, newline + 1);
  if (/^\s*(#.*)?\n?$/.test(text)) return { text, blank: true };
  const head = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*/.exec(rest);
  if (!head) return { text, problem: 'expected NAME=value' };
  const [start, name = ''] = head;
  const mark = rest[start.length];
  if (mark !== '"' && mark !== "'") return { text, name, value: bareValue(text.slice(start.length)) };
  return readQuoted(rest, { start: start.length, mark, name }) ?? { text, problem: `${name}: the quote ${mark} is not closed` };
}

function bareValue(text: string): string {
  return text.replace(/(^|\s)#.*$/s, '').trim();
}

function readQuoted(rest: string, { start, mark, name }: { start: number; mark: string; name: string }): Entry | undefined {
  const body = mark === '"' ? /^"((?:[^"\\]|\\.)*)"/s : /^'([^']*)'/;
  const quoted = body.exec(rest.slice(start));
  if (!quoted) return undefined;
  const after = start + quoted[0].length;
  const newline = rest.indexOf('\n', after);
  const text = newline < 0 ? rest : rest.slice(0, newline + 1);
  if (!/^\s*(#.*)?\n?$/.test(text.slice(after))) return { text, problem: `${name}: there is more text after the closing quote` };
  return { text, name, value: mark === '"' ? unescape(quoted[1]!) : quoted[1]! };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (all, char: string) => escapes[char] ?? (/["\\$`]/.test(char) ? char : all));
}

function quote(value: string): string {
  if (/^[A-Za-z0-9_./:@%+,=-]+$/.test(value)) return value;
  if (!/['\r]/.test(value)) return `'${value}'`;
  return `"${value.replace(/[\\"$`]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
}
