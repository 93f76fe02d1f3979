// Makes src/catalog/policies.generated.ts and schema/policy.schema.json: the rules of policies/*.yaml, checked against
// their schema, so that a command need not read thirty YAML files. `--write` writes them; without it a difference fails.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { finish } from './generated.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the model from its source: the schema must never be that of an older build. */
async function readModel() {
  const contents = `export { z } from 'zod'; export { Policy } from './src/model/policy-schema.ts';`;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: root }, bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'warning' });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

const { z, Policy } = await readModel();
const policies = readdirSync(new URL('../policies/', import.meta.url)).filter((name) => name.endsWith('.yaml')).sort().map((name) => {
  const parsed = Policy.safeParse(parse(readFileSync(new URL(`../policies/${name}`, import.meta.url), 'utf8'), { schema: 'core', version: '1.2' }));
  const problem = parsed.success ? (`${parsed.data.metadata.name}.yaml` === name ? undefined : `named after its rule, ${parsed.data.metadata.name}`) : z.prettifyError(parsed.error);
  if (problem !== undefined) {
    console.error(`policies/${name}: ${problem}`);
    process.exit(1);
  }
  return parsed.data;
});
const code = `// Generated from policies/*.yaml by \`npm run update:policies\`. Do not edit.
import type { Policy } from '../model/index.js';

/** The rules that come with Mostik, by id. */
export const policies: readonly Policy[] = [
${policies.map((policy) => `  ${JSON.stringify(policy)},`).join('\n')}
];
`;
const { $schema, ...schema } = z.toJSONSchema(Policy, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any', reused: 'inline' });
const document = { $schema, $id: 'https://mostik.dev/schema/policy.schema.json', title: 'Policy file of Mostik (mostik.dev/v1)', ...schema };
finish({ 'src/catalog/policies.generated.ts': code, 'schema/policy.schema.json': `${JSON.stringify(document, null, 2)}\n` }, 'npm run update:policies');
