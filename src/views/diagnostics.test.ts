import { expect, test } from 'vitest';
import type { Diagnostic } from '../diagnostics/index.js';
import { checkReport } from './check-report.js';
import { diagnosticsText } from './diagnostics.js';
import { plainLook } from './look.js';
import { golden } from './sample-plan.js';

const source = 'spec:\n  components:\n    web: { workload: { image: nginx, prot: 80 } }\n';

const findings: Diagnostic[] = [
  { code: 'yaml-syntax', severity: 'error', message: 'web.replicas: expected a whole number, got "three"', at: { file: 'platform.yaml', line: 9, column: 3 } },
  { code: 'file-not-found', severity: 'error', message: 'Chart: no such file: charts/wbe', at: { file: 'dev.yaml', line: 2 }, hint: 'did you mean charts/web?' },
  { code: 'yaml-syntax', severity: 'warning', message: 'web.workload.prot: unknown key', at: { file: 'platform.yaml', line: 3, column: 38 } },
  { code: 'yaml-syntax', severity: 'error', message: 'two parts\nof one message', at: { object: 'Deployment/shop/web' } },
  { code: 'yaml-syntax', severity: 'info', message: 'only with -v' },
];

test('findings are grouped by file in the order of lines, each with its frame and its way out', () => {
  const text = diagnosticsText(findings, plainLook, { read: (file) => (file === 'platform.yaml' ? source : undefined) });
  expect(text).toBe(
    golden(`
      warning[yaml-syntax]: web.workload.prot: unknown key
        --> platform.yaml:3:38
        3 |     web: { workload: { image: nginx, prot: 80 } }
          |                                      ^^^^

      error[yaml-syntax]: web.replicas: expected a whole number, got "three"
        --> platform.yaml:9:3

      error[file-not-found]: Chart: no such file: charts/wbe
        --> dev.yaml:2
        hint: did you mean charts/web?

      error[yaml-syntax]: two parts
      of one message
        --> Deployment/shop/web
    `),
  );
});

test('verbose shows what is only worth knowing', () => {
  expect(diagnosticsText(findings, { ...plainLook, verbose: true })).toContain('info[yaml-syntax]: only with -v');
});

const found = { diagnostics: findings, exitCode: 3, components: 2, objects: 5 };
const report = (form: Parameters<typeof checkReport>[1], only = findings): string => checkReport({ ...found, diagnostics: only }, form, { look: plainLook, read: () => undefined });

test('the text report ends with a verdict', () => {
  expect(report('text').split('\n').at(-1)).toBe('✗ 2 components, 5 objects: 3 errors, 1 warning');
  expect(report('text', [])).toBe('✓ 2 components, 5 objects: no findings');
});

test('JSON carries version, exit code and every finding', () => {
  expect(JSON.parse(report('json'))).toEqual({ version: 1, exitCode: 3, diagnostics: findings });
});

test('SARIF names rules, levels and places', () => {
  const run = (JSON.parse(report('sarif')) as { runs: { results: { level: string; locations: unknown[] }[]; tool: { driver: { rules: { id: string }[] } } }[] }).runs[0]!;
  expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['yaml-syntax', 'file-not-found']);
  expect(run.results.map(({ level }) => level)).toEqual(['error', 'error', 'warning', 'error', 'note']);
  expect(run.results[0]!.locations).toEqual([{ physicalLocation: { artifactLocation: { uri: 'platform.yaml' }, region: { startLine: 9, startColumn: 3 } } }]);
  expect(run.results[3]!.locations).toEqual([{ logicalLocations: [{ fullyQualifiedName: 'Deployment/shop/web' }] }]);
});

test('JUnit counts errors as failures and escapes what XML would read', () => {
  const xml = report('junit');
  expect(xml).toContain('<testsuites tests="5" failures="3">');
  expect(xml).toContain('got &quot;three&quot;');
  expect(report('junit', [])).toContain('tests="1" failures="0"');
});

test('Code Quality fingerprints tell findings apart and stay when lines move', () => {
  const prints = (list: Diagnostic[]): string[] => (JSON.parse(report('codequality', list)) as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint);
  expect(new Set(prints(findings)).size).toBe(findings.length);
  expect(prints([{ ...findings[0]!, at: { file: 'platform.yaml', line: 99 } }])).toEqual([prints(findings)[0]]);
});
