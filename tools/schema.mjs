// Makes schema/platform.schema.json from src/model/schema.ts, and schema/rehearsal.schema.json from src/rehearse/schema.ts. `--write` writes it; without it a difference fails.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { finish } from './generated.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the model from its source: the schema must never be that of an older build. */
async function readModel() {
  const contents = `export { z } from 'zod'; export { Platform, Profile } from './src/model/schema.ts'; export { Rehearsal } from './src/rehearse/schema.ts';`;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: root }, bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'warning' });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

const { z, Platform, Rehearsal } = await readModel();
const { $schema, ...schema } = z.toJSONSchema(Platform, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any', reused: 'inline' });
const document = {
  $schema,
  $id: 'https://mostik.dev/schema/platform.schema.json',
  title: 'Platform file of Mostik (mostik.dev/v1)',
  ...schema,
  examples: [
    { apiVersion: 'mostik.dev/v1', kind: 'Platform', metadata: { name: 'hello' }, spec: { components: { web: { workload: { image: 'nginx:1.27', port: 80 } } } } },
  ],
};
const { $schema: _, ...rehearsal } = z.toJSONSchema(Rehearsal, { target: 'draft-2020-12', unrepresentable: 'any', reused: 'inline' });
const report = { $schema, $id: 'https://mostik.dev/schema/rehearsal.schema.json', title: 'Report of mostik rehearse', ...rehearsal };
const text = (schema) => `${JSON.stringify(schema, null, 2)}\n`;
finish({ 'schema/platform.schema.json': text(document), 'schema/rehearsal.schema.json': text(report) }, 'npm run update:schema');
