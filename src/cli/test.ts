import { exitCodes, type ExitCode } from '../diagnostics/index.js';
import type { TestRun } from '../operate/tests.js';
import { jsonText } from '../views/json.js';
import { testsJunit, testsSummary, testText } from '../views/tests.js';
import { defineCommand } from './command.js';
import { componentsArgument, dailyFlags } from './daily-flags.js';
import { choice, seconds } from './flag.js';
import { openPlatform, withSteps } from './platform-world.js';
import { showTests } from './show-tests.js';
import type { Terminal } from './terminal.js';

/** `mostik test`: the tests that the platform file declares, and those that charts bring. */
export const testCommand = defineCommand({
  details: 'Asks what `tests:` of each component declares (an HTTP URL, a command in a pod) until the answer is right or its time is up, and runs the Helm tests (helm.sh/hook: test) of what was applied last, which are taken away as their delete policy says. Of those that fail it shows what was asked, what came, and the end of the log. Exit 0, 1 when one failed or none could be asked, 5 when one did not answer or end in time.',
  arguments: [componentsArgument],
  flags: { ...dailyFlags, output: choice('Form of the report', ['text', 'json', 'junit'], { short: 'o' }), timeout: seconds('Longest wait for each test, instead of its own', { value: 'TIME' }) },
  examples: [
    ['mostik test', 'of every component'],
    ['mostik test api-gateway --timeout 1m', 'of one'],
    ['mostik test -o junit > tests.xml', 'for CI'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const { testPlatform } = await import('../operate/tests.js');
    const { target, platform } = await withSteps(terminal, (steps) => openPlatform(flags.dir, { flags, signal, steps }));
    const display = await showTests(terminal, flags.output === 'text' ? (line) => { terminal.out(line); } : (line) => { terminal.err(line); });
    const run = await testPlatform(target, platform, { names: args, timeoutSeconds: flags.timeout, ...display, signal }).finally(() => display.end());
    report(run, flags.output, terminal);
    return codeOf(run);
  },
});

function report(run: TestRun, output: 'text' | 'json' | 'junit', terminal: Terminal): void {
  if (output === 'json') return void terminal.out(jsonText({ version: 1, ...run }));
  if (output === 'junit') return void terminal.out(testsJunit(run));
  // Elsewhere than on a terminal each line was written when its test ended.
  if (terminal.live) for (const test of run.tests) terminal.out(testText(test, terminal.outLook));
  terminal.out(`\n${testsSummary(run, terminal.outLook)}`);
}

function codeOf({ tests }: TestRun): ExitCode {
  if (tests.some(({ outcome }) => outcome === 'failed')) return exitCodes.failed;
  if (tests.some(({ outcome }) => outcome === 'timeout')) return exitCodes.timeout;
  // Nothing was proven where nobody could answer.
  return tests.every(({ outcome }) => outcome === 'skipped') ? exitCodes.failed : exitCodes.done;
}
