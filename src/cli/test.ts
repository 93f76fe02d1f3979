import { exitCodes, type ExitCode } from '../diagnostics/index.js';
import type { TestRun } from '../operate/tests.js';
import { jsonText } from '../views/json.js';
import { testsText } from '../views/tests.js';
import { defineCommand } from './command.js';
import { componentsArgument, dailyFlags } from './daily-flags.js';
import { seconds } from './flag.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik test`: the tests that charts bring. */
export const testCommand = defineCommand({
  details: 'Runs the Helm tests (helm.sh/hook: test) of what was applied last, one after the other, and shows the end of the log of those that fail. They are taken away as their delete policy says. Exit 0, 1 when one failed, 5 when one did not end in time.',
  arguments: [componentsArgument],
  flags: { ...dailyFlags, timeout: seconds('Longest wait for each test', { value: 'TIME' }) },
  examples: [
    ['mostik test', 'of every component'],
    ['mostik test api-gateway --timeout 1m', 'of one'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const { testPlatform } = await import('../operate/tests.js');
    const run = await withSteps(terminal, async (steps) => {
      const { target, place } = await openPlatform(flags.dir, { flags, signal, steps });
      return testPlatform(target, place, { names: args, timeoutSeconds: flags.timeout, onStart: ({ component, test }) => { terminal.err(`${component}: ${test} runs`); }, signal });
    });
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, ...run }) : testsText(run, terminal.outLook));
    return codeOf(run);
  },
});

function codeOf({ tests }: TestRun): ExitCode {
  if (tests.some(({ outcome }) => outcome === 'failed')) return exitCodes.failed;
  return tests.some(({ outcome }) => outcome === 'timeout') ? exitCodes.timeout : exitCodes.done;
}
