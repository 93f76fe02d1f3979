import type { TestName, TestRun } from '../operate/tests.js';
import { xml } from './check-formats.js';
import type { Look, Style } from './look.js';
import { table } from './table.js';
import { duration, plural, printable } from './text.js';
import { simulatedNotice } from './words.js';

type Result = TestRun['tests'][number];

/** Shows how one test ended, with the end of the log when it did not pass. */
export function testText({ component, test, outcome, seconds, reason, log }: Result, { style }: Look): string {
  const { mark, paint } = marks(style)[outcome];
  const head = `${paint(mark)}  ${style.strong(component)}  ${test}${outcome === 'skipped' ? '' : `  ${seconds}s`}${reason === undefined ? '' : `: ${printable(reason)}`}`;
  return [head, ...log.map((line) => `    ${style.dim('|')} ${printable(line)}`)].join('\n');
}

/** How many passed, and how many nobody could answer. */
export function testsSummary({ tests, simulated }: TestRun, { style }: Look): string {
  const count = (outcome: Result['outcome']): number => tests.filter((test) => test.outcome === outcome).length;
  const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : '';
  return `${count('passed')} of ${plural(tests.length, 'test')} passed${skipped}${simulated ? ` ${style.warn(`(${simulatedNotice})`)}` : ''}`;
}

/** A test while tests run. */
export interface TestRow extends TestName {
  /** When it began; undefined before. */
  startedAt?: number;
  result?: Result;
}

/** Draws every test with its state, while they run. */
export function testsTable(rows: readonly TestRow[], look: Look, now: number): string {
  const cells = rows.map(({ component, test, startedAt, result }) => {
    const { mark, paint } = result ? marks(look.style)[result.outcome] : startedAt === undefined ? { mark: '○ waiting', paint: look.style.dim } : { mark: '… runs', paint: look.style.note };
    const seconds = result?.seconds ?? (startedAt === undefined ? undefined : (now - startedAt) / 1000);
    return [{ text: mark, style: paint }, component, test, seconds === undefined ? '' : duration(seconds), printable(result?.reason ?? '')];
  });
  return table([{ title: 'STATE' }, { title: 'COMPONENT' }, { title: 'TEST' }, { title: 'TIME', right: true }, { title: '', flexible: true }], cells, look).join('\n');
}

/** JUnit: a suite for each component, a case for each test. */
export function testsJunit({ tests }: TestRun): string {
  const components = [...new Set(tests.map(({ component }) => component))];
  const suites = components.flatMap((component) => {
    const own = tests.filter((test) => test.component === component);
    return [`  <testsuite name="${xml(`mostik test: ${component}`)}" ${counts(own)}>`, ...own.map(testCase), '  </testsuite>'];
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counts(tests)}>`, ...suites, '</testsuites>', ''].join('\n');
}

function testCase({ component, test, outcome, seconds, reason = '', log }: Result): string {
  const open = `<testcase classname="${xml(component)}" name="${xml(test)}" time="${seconds}"`;
  if (outcome === 'passed') return `    ${open}/>`;
  if (outcome === 'skipped') return `    ${open}><skipped message="${xml(reason)}"/></testcase>`;
  return `    ${open}><failure type="${outcome}" message="${xml(reason)}">${xml([reason, ...log].join('\n'))}</failure></testcase>`;
}

function counts(tests: readonly Result[]): string {
  const [skipped, passed] = (['skipped', 'passed'] as const).map((outcome) => tests.filter((test) => test.outcome === outcome).length);
  return `tests="${tests.length}" failures="${tests.length - skipped! - passed!}" errors="0" skipped="${skipped}" time="${tests.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)}"`;
}

function marks(style: Style): Record<Result['outcome'], { mark: string; paint: (text: string) => string }> {
  return {
    passed: { mark: '✓ passed', paint: style.good },
    failed: { mark: '✗ failed', paint: style.bad },
    timeout: { mark: '✗ timeout', paint: style.bad },
    skipped: { mark: '⊘ skipped', paint: style.warn },
  };
}
