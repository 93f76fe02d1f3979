import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../diagnostics/index.js';
import { checkReport } from './check-report.js';
import { diagnosticsText } from './diagnostics.js';
import { explainCode } from './explain-code.js';
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
const report = (form: Parameters<typeof checkReport>[1], only = findings): string => checkReport({ ...found, diagnostics: only }, form, { look: plainLook, read: () => undefined, explain: (code) => `Why ${code}.\nAnd more.` });

test('the text report ends with a verdict', () => {
  expect(report('text').split('\n').at(-1)).toBe('✗ 2 components, 5 objects: 3 errors, 1 warning, 1 note (-v shows it)');
  expect(report('text', [])).toBe('✓ 2 components, 5 objects: no findings');
});

test('JSON carries version, exit code and every finding', () => {
  expect(JSON.parse(report('json'))).toEqual({ version: 1, exitCode: 3, diagnostics: findings });
});

test('findings stand under their component, with their count; notes are counted and shown on request', () => {
  const own = findings.map((each, i) => (i === 1 || i === 2 ? { ...each, component: 'web' } : each));
  const text = report('text', own);
  expect(text).toContain('\n\nweb: 1 error, 1 warning\n\nerror[file-not-found]: Chart');
  expect(text.indexOf('web: 1 error')).toBeGreaterThan(text.indexOf('two parts'));
  expect(text.split('\n').at(-1)).toBe('✗ 2 components, 5 objects: 3 errors, 1 warning, 1 note (-v shows it)');
});

test('a finding that may show a secret has no source line', () => {
  const secret: Diagnostic = { code: 'yaml-syntax', severity: 'error', message: 'm', at: { file: 'platform.yaml', line: 3, column: 5 }, sensitive: true };
  const text = (of: Diagnostic) => diagnosticsText([of], plainLook, { read: () => source });
  expect(text(secret)).toBe('error[yaml-syntax]: m\n  --> platform.yaml:3:5');
  expect(text({ ...secret, sensitive: undefined })).toContain('nginx');
});

interface Sarif {
  runs: {
    results: { level: string; ruleIndex: number; locations: unknown[]; partialFingerprints: Record<string, string> }[];
    tool: { driver: { rules: { id: string; help: { text: string }; defaultConfiguration: { level: string } }[] } };
  }[];
}

test('SARIF names rules with their reason, levels and places', () => {
  const run = (JSON.parse(report('sarif')) as Sarif).runs[0]!;
  const [first] = run.tool.driver.rules;
  expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['yaml-syntax', 'file-not-found']);
  expect(first).toMatchObject({ fullDescription: { text: 'Why yaml-syntax.' }, help: { markdown: 'Why yaml-syntax.\nAnd more.' }, defaultConfiguration: { level: 'error' } });
  expect(run.results.map(({ level, ruleIndex }) => `${level} ${ruleIndex}`)).toEqual(['error 0', 'error 1', 'warning 0', 'error 0', 'note 0']);
  expect(run.results[0]!.locations).toEqual([{ physicalLocation: { artifactLocation: { uri: 'platform.yaml' }, region: { startLine: 9, startColumn: 3 } } }]);
  expect(run.results[3]!.locations).toEqual([{ logicalLocations: [{ fullyQualifiedName: 'Deployment/shop/web' }] }]);
});

test('SARIF fits its published schema, also with odd file names and without findings', () => {
  const { $schema: _dialect, id: _id, ...schema } = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<string, unknown>;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(schema);
  for (const list of [findings, [], [{ ...findings[0]!, at: { file: 'a b/ü#1.yaml', line: 1 }, component: 'web' }]]) {
    validate(JSON.parse(report('sarif', list)));
    expect(validate.errors).toBeNull();
  }
  expect(validate({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false);
  expect(report('sarif', [{ ...findings[0]!, at: { file: 'a b/ü#1.yaml', line: 1 } }])).toContain('"uri": "a%20b/%C3%BC%231.yaml"');
});

/** The elements of an XML text in order; throws where it is none. */
function elements(xml: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => found.push({ name, attributes }));
  parser.write(xml).close();
  return found;
}

test('JUnit is XML that a parser reads, with a suite for each component and errors as failures', () => {
  const odd: Diagnostic = { code: 'yaml-syntax', severity: 'error', message: 'got "<a>" & \u0007\ud800', at: { file: 'a&b.yaml', line: 2 }, component: 'web' };
  const found = elements(report('junit', [...findings, odd]));
  expect(found[0]).toEqual({ name: 'testsuites', attributes: { tests: '6', failures: '4', errors: '0', skipped: '0' } });
  expect(found.filter(({ name }) => name === 'testsuite').map(({ attributes }) => `${attributes['name']} ${attributes['failures']} of ${attributes['tests']}`)).toEqual(['mostik check: platform 3 of 5', 'mostik check: web 1 of 1']);
  expect(found.slice(-2)).toEqual([
    { name: 'testcase', attributes: { classname: 'yaml-syntax', name: 'a&b.yaml:2', file: 'a&b.yaml', line: '2' } },
    { name: 'failure', attributes: { type: 'yaml-syntax', message: 'got "<a>" & \ufffd\ufffd' } },
  ]);
  expect(elements(report('junit', [])).map(({ name }) => name)).toEqual(['testsuites', 'testsuite', 'testcase']);
});

test('Code Quality has what GitLab asks for; fingerprints tell findings apart and stay when lines move', () => {
  const read = (list: Diagnostic[]) => JSON.parse(report('codequality', list)) as Record<string, unknown>[];
  const prints = (list: Diagnostic[]) => read(list).map(({ fingerprint }) => fingerprint);
  expect(new Set(prints([...findings, ...findings])).size).toBe(2 * findings.length);
  expect(prints([{ ...findings[0]!, at: { file: 'platform.yaml', line: 99 } }])).toEqual([prints(findings)[0]]);
  expect(read(findings)[1]).toEqual({ type: 'issue', check_name: 'file-not-found', description: 'Chart: no such file: charts/wbe (did you mean charts/web?)', categories: ['Bug Risk'], severity: 'major', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown, location: { path: 'dev.yaml', lines: { begin: 2 } } });
});

test('a code is explained with its reason, the way out and how to weigh it otherwise', () => {
  expect(explainCode('reference-key-missing', 'Why.', plainLook)).toBe(
    golden(`
      error[reference-key-missing]: ‹object›: ‹from›: ‹kind› ‹name› has no key ‹key›: ‹has›

      Why.

      way out: ‹near›

      severity: error, exit 1; spec.checks.severity: { reference-key-missing: warning } weighs it otherwise
    `),
  );
});
