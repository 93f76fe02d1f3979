// Makes src/diagnostics/messages.generated.ts and explanations.generated.ts, docs/errors.md and a page for each check (docs/checks/) from src/diagnostics/messages/*.md.
// `--write` writes them; without it the files are compared, and a difference fails.
import { checkPages } from './check-pages.mjs';
import { finish } from './generated.mjs';
import { catalog as entries } from './read-catalog.mjs';

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
const explanations = `// Generated from messages/*.md by \`npm run update:messages\`. Do not edit.
import type { Code } from './messages.generated.js';

/** The long text of every code, in Markdown. Loaded only where somebody asks why. */
export const explanations: Readonly<Record<Code, string>> = {
${entries.map((e) => `  '${e.code}': ${JSON.stringify(e.long)},`).join('\n')}
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
finish({ 'src/diagnostics/messages.generated.ts': code, 'src/diagnostics/explanations.generated.ts': explanations, 'docs/errors.md': docs, ...checkPages(entries) }, 'npm run update:messages', { owned: ['docs/checks'] });
