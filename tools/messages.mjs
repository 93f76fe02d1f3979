// Makes src/diagnostics/messages.generated.ts and docs/errors.md from src/diagnostics/messages/*.md.
// `--write` writes them; without it the files are compared, and a difference fails.
import { readdirSync, readFileSync } from 'node:fs';
import { finish } from './generated.mjs';

const folder = new URL('../src/diagnostics/messages/', import.meta.url);
const exits = new Set([0, 1, 2, 3, 4, 5, 6, 130]);
const problems = [];
const entries = [];

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md')).sort()) {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const [head, ...sections] = text.split(/^## /m);
  const title = head.match(/^# (.+)$/m)?.[1] ?? file;
  for (const section of sections) entries.push({ file, title, ...parse(file, section) });
}
const seen = new Map();
for (const entry of entries) {
  if (seen.has(entry.code)) problems.push(`${entry.file}: code ${entry.code} is also in ${seen.get(entry.code)}`);
  seen.set(entry.code, entry.file);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
entries.sort((a, b) => (a.code < b.code ? -1 : 1));

function parse(file, section) {
  const [code, ...lines] = section.split('\n');
  const rules = (lines[0] ?? '').match(/^(error|warning|info) \| exit (\d+)$/);
  const quotes = lines.filter((line) => line.startsWith('> ')).map((line) => line.slice(2));
  const hints = quotes.filter((quote) => quote.startsWith('hint: '));
  const message = quotes.filter((quote) => !quote.startsWith('hint: ')).join(' ');
  const long = lines.slice(1).filter((line) => !line.startsWith('> ')).join('\n').trim();
  const say = (what) => problems.push(`${file}: ${code}: ${what}`);
  if (!/^[a-z][a-z0-9-]*$/.test(code)) say('a code is lower-case words joined by dashes');
  if (!rules || !exits.has(Number(rules[2]))) say('the line after the code reads "error | exit 3"');
  if (message === '') say('has no quoted message');
  if (long === '') say('has no explanation');
  const hint = hints.length > 0 ? hints.map((quote) => quote.slice(6)).join(' ') : undefined;
  const names = [...new Set([...`${message} ${hint ?? ''}`.matchAll(/%(\w+)%/g)].map((match) => match[1]))];
  return { code, severity: rules?.[1], exit: Number(rules?.[2]), message, hint, long, names };
}

const params = entries.map((e) => `  '${e.code}': {${e.names.map((n) => ` ${n}: string | number`).join(';')} };`).join('\n');
const table = entries
  .map((e) => `  '${e.code}': { severity: '${e.severity}', exit: ${e.exit}, message: ${JSON.stringify(e.message)}${e.hint ? `, hint: ${JSON.stringify(e.hint)}` : ''} },`)
  .join('\n');
const code = `// Generated from messages/*.md by \`npm run update:messages\`. Do not edit.

/** The names each message is filled with. */
export interface Params {
${params}
}

/** Every code of the catalog. */
export type Code = keyof Params;

export const messages: Record<
  Code,
  { severity: 'error' | 'warning' | 'info'; exit: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130; message: string; hint?: string }
> = {
${table}
};
`;
const groups = [...new Set(entries.map((e) => e.title))].sort();
const docs = `# Diagnostics

Generated from \`src/diagnostics/messages/\`. Exit codes: 0 done or no changes, 1 failed, 2 changes found (with \`--exit-code\`),
3 bad usage or bad input file, 4 cluster unreachable or not allowed, 5 timed out, 6 refused, nothing changed, 130 interrupted.

${groups
  .map(
    (group) =>
      `## ${group}\n\n${entries
        .filter((e) => e.title === group)
        .map((e) => `### ${e.code}\n${e.severity}, exit ${e.exit}\n\n> ${e.message}${e.hint ? `\n>\n> ${e.hint}` : ''}\n\n${e.long}\n`)
        .join('\n')}`,
  )
  .join('\n')}`;
finish({ 'src/diagnostics/messages.generated.ts': code, 'docs/errors.md': docs }, 'npm run update:messages');
