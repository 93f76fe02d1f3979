// `npm run check`: the one gate. Runs every check, prints a line for each and the output of those that fail.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, tool } from './gates.mjs';
import { installDependencies } from './setup.mjs';

const node = process.execPath;
const gates = [
  ['types', node, [tool('typescript/bin/tsc'), '--noEmit', '-p', '.']],
  ['lint', node, [tool('eslint/bin/eslint.js'), '--max-warnings=0', '.', 'bin/mostik']],
  ['layers', node, [tool('vitest/vitest.mjs'), 'run', '--project', 'unit', 'test/layers.test.ts']],
  generated('messages', 'messages.mjs'),
  generated('schema', 'schema.mjs'),
  generated('policies', 'policies.mjs'),
  generated('charts', 'charts.mjs'),
  generated('crds', 'platform-crds.mjs'),
  generated('downloads', 'pin-downloads.mjs'),
  generated('openapi', 'openapi.mjs'),
  ['go format', 'gofmt', ['-l', 'engine'], ({ output }) => output.trim() === ''],
].filter(Boolean);

function generated(name, file) {
  return existsSync(join(root, 'tools', file)) ? [name, node, [join('tools', file)]] : undefined;
}

/** How a gate ended, as one line. `gofmt` comes with Go, which a check of the TypeScript can do without. */
async function pass([name, command, args, isFine = ({ code }) => code === 0]) {
  const result = await run(command, args, { env: { ...process.env, NO_COLOR: '1' } });
  const missing = result.code === 127;
  const fine = missing ? command === 'gofmt' : isFine(result);
  const word = fine ? (missing ? 'skip' : 'ok') : 'FAIL';
  console.log(`${word.padEnd(5)}${name.padEnd(11)}${missing ? `${command} is not installed` : `${result.seconds.toFixed(1)} s`}`);
  return { name, fine, output: result.output };
}

await installDependencies();
const results = await Promise.all(gates.map(pass));
const failed = results.filter(({ fine }) => !fine);
for (const { name, output } of failed) console.log(`\n${name}:\n${output.trim()}`);
if (failed.length > 0) console.log(`\n${failed.length} of ${results.length} gates failed: ${failed.map(({ name }) => name).join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
