import type { TestRun } from '../operate/tests.js';
import type { Look } from './look.js';
import { plural, printable } from './text.js';
import { simulatedNotice } from './words.js';

/** Shows how tests ended, with the end of the log of those that did not pass. */
export function testsText({ tests, simulated }: TestRun, { style }: Look): string {
  const lines = tests.flatMap(({ component, test, outcome, seconds, reason, log }) => {
    const mark = outcome === 'passed' ? style.good('✓ passed') : style.bad(`✗ ${outcome}`);
    const head = `${mark}  ${style.strong(component)}  ${test}  ${seconds}s${reason === undefined ? '' : `: ${printable(reason)}`}`;
    return [head, ...log.map((line) => `    ${style.dim('|')} ${printable(line)}`)];
  });
  const passed = tests.filter(({ outcome }) => outcome === 'passed').length;
  return [...lines, '', `${passed} of ${plural(tests.length, 'test')} passed${simulated ? ` ${style.warn(`(${simulatedNotice})`)}` : ''}`].join('\n');
}
