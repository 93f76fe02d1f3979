import { exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import { checkReport } from '../views/check-report.js';
import { defineCommand } from './command.js';
import { choice } from './flag.js';
import { dirArgument, inputsOf, platformFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik check`: every finding, from files alone. */
export const checkCommand = defineCommand({
  details: 'Reads, renders and checks the platform with stand-ins for secrets. Exit 0, or 1 with findings of severity error, or 3 when a file cannot be read as it is.',
  arguments: [dirArgument],
  flags: { ...platformFlags, output: choice('Form of the report', ['text', 'json', 'sarif', 'junit', 'codequality'], { short: 'o' }) },
  examples: [
    ['mostik check platforms/microservices -p prod', 'before a commit'],
    ['mostik check -o sarif > mostik.sarif', 'for a code scanner'],
  ],
  ownFailureForm: true,
  run: async ({ args: [dir], flags, terminal, signal }) => {
    const { readPlatform, renderPlatform } = await import('../pipeline.js');
    const found = await withSteps(terminal, async (steps) => {
      try {
        const stage = { signal, onProgress: steps.engine };
        const desired = await renderPlatform(await readPlatform(inputsOf(dir, flags), stage), stage);
        return { diagnostics: desired.diagnostics, exitCode: exitCodes.done as ExitCode, components: desired.components.length, objects: desired.objects.length };
      } catch (error) {
        if (!(error instanceof MostikError)) throw error;
        return { diagnostics: error.diagnostics, exitCode: error.exitCode, components: 0, objects: 0 };
      }
    });
    terminal.out(checkReport(found, flags.output, { look: terminal.outLook }));
    return found.exitCode;
  },
});
