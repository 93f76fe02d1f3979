// Reads the catalog of messages, src/diagnostics/messages/*.md: one section a code. Ends with every mistake in it.
import { readdirSync, readFileSync } from 'node:fs';

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

/** Every message by code: file, title (of its area), severity, exit, message, hint, long, names. */
export const catalog = entries;

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
