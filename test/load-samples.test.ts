import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../src/diagnostics/format.js';
import { exitCodes, MostikError, type Diagnostic } from '../src/diagnostics/index.js';
import { checkChartValues } from '../src/helm/index.js';
import { load } from '../src/load/index.js';
import { resolve } from '../src/resolve/index.js';

/**
 * Each folder of test/samples/load is a platform. `expected.txt` is what a user sees of a wrong one, `expected.json` what a
 * right one resolves to; `case.json` holds profiles, overlays, sets, and links to make. UPDATE_SAMPLES=1 refreshes.
 */
const samples = fileURLToPath(new URL('./samples/load/', import.meta.url));
const names = readdirSync(samples, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const temporary: string[] = [];
afterAll(() => {
  for (const dir of temporary) rmSync(dir, { recursive: true, force: true });
});

interface Case {
  profiles?: string[];
  overlays?: string[];
  sets?: string[];
  links?: Record<string, string>;
}

describe('a wrong platform is told with place, expectation and way out', () => {
  const wrong = names.filter((name) => !name.startsWith('good-'));
  it('is shown by at least 25 samples', () => {
    expect(wrong.length).toBeGreaterThanOrEqual(25);
  });
  it.each(wrong)('%s', async (name) => {
    const { text, error } = await run(name);
    expect(error?.exitCode).toBe(exitCodes.usage);
    compare(join(samples, name, 'expected.txt'), text);
  });
});

describe('a right platform resolves', () => {
  it.each(names.filter((name) => name.startsWith('good-')))('%s', async (name) => {
    const { text, error } = await run(name);
    expect(error && text).toBeUndefined();
    compare(join(samples, name, 'expected.json'), text);
  });
});

async function run(name: string): Promise<{ text: string; error?: MostikError }> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-sample-')));
  temporary.push(cwd);
  cpSync(join(samples, name), cwd, { recursive: true, filter: (file) => !/\/(expected\.(txt|json)|case\.json)$/.test(file) });
  const config = join(samples, name, 'case.json');
  const { profiles = [], overlays = [], sets = [], links = {} } = existsSync(config) ? (JSON.parse(readFileSync(config, 'utf8')) as Case) : {};
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(cwd, path));
  const portable = (text: string) => text.replaceAll(cwd, 'ROOT');
  try {
    const platform = resolve(await load({ dir: '.', cwd, overlays, sets }), { profiles });
    const found = (await Promise.all(platform.components.map((component) => checkChartValues(component, { cwd })))).flat();
    if (found.some(({ severity }) => severity === 'error')) throw new MostikError(found);
    return { text: portable(JSON.stringify({ ...platform, diagnostics: found }, null, 2)) };
  } catch (error) {
    if (!(error instanceof MostikError)) throw error;
    return { text: portable(shown(error.diagnostics, cwd)), error };
  }
}

function shown(diagnostics: Diagnostic[], cwd: string): string {
  const read = (file: string) => (existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8') : undefined);
  return formatDiagnostics(diagnostics, { read });
}

function compare(file: string, text: string): void {
  if (process.env['UPDATE_SAMPLES']) writeFileSync(file, `${text}\n`);
  expect(`${text}\n`).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
}
