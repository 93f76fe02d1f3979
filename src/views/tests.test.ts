import { expect, test } from 'vitest';
import type { TestRun } from '../operate/tests.js';
import { plainLook } from './look.js';
import { testsJunit, testsSummary, testsTable, testText } from './tests.js';

const run: TestRun = {
  platform: 'shop',
  simulated: false,
  tests: [
    { component: 'web', test: 'page', outcome: 'passed', seconds: 0.1, log: [] },
    { component: 'web', test: 'Pod/shop/smoke', outcome: 'failed', seconds: 3, reason: 'test: ended with exit code 4', log: ['nothing <is> there'] },
    { component: 'db', test: 'ready', outcome: 'skipped', seconds: 0, reason: 'its pods are on simulated nodes', log: [] },
  ],
};

test('each test has a line, and one that failed the end of its log', () => {
  expect(run.tests.map((one) => testText(one, plainLook)).join('\n')).toBe(`✓ passed  web  page  0.1s
✗ failed  web  Pod/shop/smoke  3s: test: ended with exit code 4
    | nothing <is> there
⊘ skipped  db  ready: its pods are on simulated nodes`);
  expect(testsSummary(run, plainLook)).toBe('1 of 3 tests passed, 1 skipped');
  expect(testsSummary({ ...run, simulated: true }, plainLook)).toBe('1 of 3 tests passed, 1 skipped (nodes are simulated: containers do not run)');
});

test('while they run, a table shows which runs and which waits', () => {
  const rows = [{ component: 'web', test: 'page', startedAt: 0, result: run.tests[0]! }, { component: 'web', test: 'Pod/shop/smoke', startedAt: 1000 }, { component: 'db', test: 'ready' }];
  expect(testsTable(rows, plainLook, 5000)).toBe(`STATE      COMPONENT  TEST            TIME
✓ passed   web        page              0s
… runs     web        Pod/shop/smoke    4s
○ waiting  db         ready`);
});

test('JUnit has a suite for each component, with failures and what was skipped', () => {
  expect(testsJunit(run)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" skipped="1" time="3.1">
  <testsuite name="mostik test: web" tests="2" failures="1" errors="0" skipped="0" time="3.1">
    <testcase classname="web" name="page" time="0.1"/>
    <testcase classname="web" name="Pod/shop/smoke" time="3"><failure type="failed" message="test: ended with exit code 4">test: ended with exit code 4&#10;nothing &lt;is&gt; there</failure></testcase>
  </testsuite>
  <testsuite name="mostik test: db" tests="1" failures="0" errors="0" skipped="1" time="0.0">
    <testcase classname="db" name="ready" time="0"><skipped message="its pods are on simulated nodes"/></testcase>
  </testsuite>
</testsuites>
`);
});
