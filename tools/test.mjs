// `npm test`: every test, the ones against the real API server included. Gets the engines, builds dist/, runs Go's tests
// and vitest, and adds up what they report. Arguments go to vitest as filters; Go's tests are then left out.
// `npm run test:real` (`--real`) runs those alone whose containers really run on this machine, which `npm test` leaves out.
// The very last line on stdout is `N passed, N failed` or `N passed, N failed, N skipped`.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, runVisibly, tool } from './gates.mjs';
import { installIn, setUp } from './setup.mjs';

const isReal = process.argv.includes('--real');
const filters = process.argv.slice(2).filter((word) => word !== '--real');
const total = { passed: 0, failed: 0, skipped: 0 };
const scratch = mkdtempSync(join(tmpdir(), 'mostik-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

try {
  await setUp();
  const env = { ...process.env, MOSTIK_ENGINE_DIR: await engineFolder() };
  if (!isReal) await installForPlatforms();
  if (filters.length === 0 && !isReal) for (const module of goModules()) add(await goTests(module));
  add(await vitest(env));
} catch (error) {
  console.error(`mostik: ${error.diagnostics || error.expected ? error.message : error.stack}`);
  total.failed++;
}
finish();

/** One folder with both engines, so that tests with caches of their own do not build them again. */
async function engineFolder() {
  const { installEngines, describeEvent } = await import(pathToFileURL(join(root, 'dist', 'engine', 'index.js')).href);
  let told = 0;
  const onProgress = (event) => {
    const passing = event.type === 'building' || event.type === 'downloading' || event.type === 'waiting';
    if (passing && Date.now() - told < 10_000) return;
    if (passing) told = Date.now();
    console.log(describeEvent(event));
  };
  const engines = await installEngines(undefined, { onProgress });
  const folder = join(scratch, 'engines');
  mkdirSync(folder);
  for (const { path } of engines) symlinkSync(path, join(folder, basename(path)));
  return folder;
}

/** Platforms bring programs with dependencies of their own. */
async function installForPlatforms() {
  for (const platform of readdirSync(join(root, 'platforms'))) {
    const folder = join(root, 'platforms', platform, 'docker');
    const lock = join(folder, 'package-lock.json');
    if (existsSync(lock)) await installIn(folder, `the dependencies of platforms/${platform}/docker`);
  }
}

function goModules() {
  return ['render', 'cluster'].map((name) => join(root, 'engine', name)).filter((folder) => existsSync(join(folder, 'go.mod')) && hasGoTests(folder));
}

function hasGoTests(folder) {
  return readdirSync(folder, { recursive: true }).some((path) => path.endsWith('_test.go'));
}

/** Counts top-level tests; a package that does not build counts as one that failed. */
async function goTests(folder) {
  const started = Date.now();
  const name = `go test engine/${basename(folder)}`;
  console.log(`${name} (compiles first)`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const words = { pass: 'passed', fail: 'failed', skip: 'skipped' };
  const printed = new Map();
  const onLine = (line) => {
    const event = parse(line);
    if (!event) console.error(line);
    else if (!event.Test && words[event.Action]) console.log(`  ${event.Action} ${event.Package} ${event.Elapsed ?? 0} s`);
    const key = `${event?.Package} ${event?.Test}`;
    if (event?.Output) printed.set(key, (printed.get(key) ?? '') + event.Output);
    if (!event?.Test || event.Test.includes('/') || !words[event.Action]) return;
    counts[words[event.Action]]++;
    if (event.Action !== 'pass') console.log(printed.get(key) ?? `${event.Action}: ${event.Test}`);
  };
  // The flags of the engine's own build: what it compiled is taken from Go's cache.
  const { code } = await run('go', ['test', '-json', '-trimpath', './...'], { cwd: folder, onLine, env: { ...process.env, GOFLAGS: '', CGO_ENABLED: '0' } });
  if (code === 127) {
    console.log(`${name}: skipped, there is no \`go\` in PATH`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  if (code !== 0 && counts.failed === 0) {
    console.error([...printed.values()].join(''));
    counts.failed = 1;
  }
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${seconds(started)} s`);
  return counts;
}

function parse(line) {
  if (line.trim() === '') return {};
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function vitest(env) {
  const report = join(scratch, 'vitest.json');
  const projects = (isReal ? ['real'] : ['unit', 'platforms', 'cluster']).map((name) => `--project=${name}`);
  const code = await runVisibly(process.execPath, [tool('vitest/vitest.mjs'), 'run', ...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters], { env });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(readFileSync(report, 'utf8'));
  // A file that does not load has no tests to fail, and an error beside the tests fails none: both end vitest with a code.
  const broken = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed')).length;
  const failed = result.numFailedTests + broken;
  return { passed: result.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: result.numPendingTests + result.numTodoTests };
}

function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}

function finish() {
  if (total.passed + total.failed === 0) console.log(isReal && total.skipped > 0 ? 'no test ran: their titles say what this machine lacks' : 'no test ran');
  const { passed, failed, skipped } = total;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 || (passed === 0 && !(isReal && skipped > 0)) ? 1 : 0;
}

function seconds(started) {
  return Math.round((Date.now() - started) / 1000);
}
