import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * Every code of the catalog is shown by something wrong: those that files alone bring about by a bad sample, whose
 * expectation is what a user sees; all others at least by a test that names them.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const messages = join(root, 'src/diagnostics/messages');

/** Areas of the catalog that files alone bring about. */
const sampled = new Set(['capacity', 'check', 'graph', 'load', 'network', 'policies', 'render', 'schemas', 'secrets-in-git']);

/** Codes that no sample can show, or no test brings about yet, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'secret-everyday': 'stand-ins for secrets are never such a value: src/check/check.test.ts',
  'secret-history-cut': 'depends on time: src/check/secrets-in-git.test.ts',
  'init-exists': 'of a command that writes files: src/load/init.test.ts',
  'init-source-unknown': 'of a command that writes files: src/load/init.test.ts',
  'init-name': 'of a command that writes files: src/load/init.test.ts',
  'render-engine-failed': 'needs an engine that breaks: src/render/call-engine.test.ts',
  'render-problem': 'needs an engine newer than this program: src/render/engine-diagnostics.test.ts',
  'chart-not-found': 'load says chart-invalid before the engine is asked: src/render/render.test.ts',
  'path-leaves-root': 'load says path-outside before the engine is asked; the engine looks again, since files may change in between',
  'code-timeout': 'takes its whole 20 seconds; what ends such a program is in src/load/typescript/run.test.ts',
  'chart-schema-unread': 'Helm reads such a schema, and what it says is told instead: src/helm/check-chart-values.ts',
  'exception-ends-soon': 'depends on the day: src/check/policies.test.ts',
  'network-end-unknown': 'of a command line: src/check/network.test.ts',
  'policy-not-evaluated': 'needs an expression too costly to be run, which takes long: src/check/policies.test.ts',
  ...because('of a rehearsal with a fault or a file that no test names yet', ['rehearsal-file-invalid', 'rehearse-node-unknown', 'rehearse-component-unknown', 'rehearse-fault-version', 'rehearse-not-copied']),
  ...because('needs a cluster in a state that no test makes yet', [
    'deletion-stuck', 'removal-failed', 'cluster-elsewhere', 'cluster-port-taken', 'cluster-start-timeout', 'cluster-not-ready', 'cluster-survivor', 'cluster-stopped',
    'cluster-kubernetes-differs', 'kubernetes-differs', 'claim-cannot-grow', 'storage-class-missing', 'storage-class-default-missing', 'kind-not-served', 'database-major', 'node-port-taken',
    'platform-elsewhere', 'plan-stale', 'generation-missing', 'state-damaged', 'platform-not-applied', 'nothing-to-roll-back', 'secret-differs', 'context-not-allowed', 'cluster-missing',
  ]),
  ...because('needs a machine in a state that no test makes yet', ['program-missing', 'file-not-writable', 'engine-not-in-folder', 'engine-build-killed', 'cluster-supervisor-missing', 'cluster-record-broken']),
  ...because('of a command line that no test gives yet', ['cluster-name-invalid', 'cluster-unknown', 'cluster-kubernetes-unsupported', 'plan-file-invalid']),
};

function because(reason: string, codes: string[]): Record<string, string> {
  return Object.fromEntries(codes.map((code) => [code, reason]));
}

interface Entry {
  area: string;
  code: string;
  message: string;
}

const entries: Entry[] = readdirSync(messages).flatMap((file) => [...readFileSync(join(messages, file), 'utf8').matchAll(/^## (\S+)\n.*\n> (.*)$/gm)].map(([, code = '', message = '']) => ({ area: file.replace(/\.md$/, ''), code, message })));

function files(folder: string, wanted: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

const shown = files('test/samples', /^(expected|findings)\.txt$/).join('\n');
const tested = [...files('src', /\.test\.ts$/), ...files('test', /\.test\.ts$/), ...files('platforms', /\.test\.ts$/), ...files('src', /\.fixture\.ts$/)].join('\n');

/** As a frame shows it (`error[code]`), or as a line of findings (`error code`). */
function isShown(code: string): boolean {
  return new RegExp(`^(error|warning|info)(\\[${code}\\]| ${code}$)`, 'm').test(shown);
}

/** By its code, or by the longest run of its words that nothing is filled into. */
function isNamed({ code, message }: Entry): boolean {
  const words = message.split(/%\w+%/).sort((a, b) => b.length - a.length)[0]?.trim() ?? '';
  return new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(tested) || (words.length >= 12 && tested.replaceAll("\\'", "'").includes(words));
}

describe('each code of the catalog', () => {
  const open = entries.filter(({ code }) => !(code in exceptions));
  const written = (list: Entry[]) => list.map(({ area, code }) => `${area}: ${code}`);
  test('is shown by a bad sample where files alone bring it about', () => {
    expect(written(open.filter(({ area, code }) => sampled.has(area) && !isShown(code)))).toEqual([]);
  });
  test('is named by a test otherwise', () => {
    expect(written(open.filter((entry) => !sampled.has(entry.area) && !isNamed(entry) && !isShown(entry.code)))).toEqual([]);
  });
  test('has no exception for a code that is not there, or that a sample shows', () => {
    expect(Object.keys(exceptions).filter((code) => isShown(code) || !entries.some((entry) => entry.code === code))).toEqual([]);
  });
});
