import { diagnose, exitCodes, isCode, knownCodes, MostikError, type Code, type ExitCode } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { checkReport } from '../views/check-report.js';
import { explainCode } from '../views/explain-code.js';
import { defineCommand } from './command.js';
import { choice, text } from './flag.js';
import { dirArgument, inputsOf, platformFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik check`: every finding, from files alone. */
export const checkCommand = defineCommand({
  details: 'Reads, renders and checks the platform with stand-ins for secrets. Exit 0, or 1 with findings of severity error, or 3 when a file cannot be read as it is.',
  arguments: [dirArgument],
  flags: {
    ...platformFlags,
    output: choice('Form of the report', ['text', 'json', 'sarif', 'junit', 'codequality'], { short: 'o' }),
    explain: text('Say what a code means, why, and the way out', { value: 'CODE', complete: knownCodes() }),
  },
  examples: [
    ['mostik check platforms/microservices -p prod', 'before a commit'],
    ['mostik check -o sarif > mostik.sarif', 'for a code scanner'],
    ['mostik check --explain service-port-closed', 'why, and the way out'],
  ],
  ownFailureForm: true,
  run: async ({ args: [dir], flags, terminal, signal }) => {
    const { explanations } = await import('../diagnostics/explanations.generated.js');
    if (flags.explain !== undefined) {
      const code = requireCode(flags.explain);
      terminal.out(explainCode(code, explanations[code], terminal.outLook));
      return exitCodes.done;
    }
    const { readPlatform, renderPlatform } = await import('../pipeline.js');
    let components = 0;
    const found = await withSteps(terminal, async (steps) => {
      try {
        const stage = { signal, onProgress: steps.engine };
        const platform = await readPlatform(inputsOf(dir, flags), stage);
        components = platform.components.length;
        const desired = await renderPlatform(platform, stage);
        return { diagnostics: desired.diagnostics, exitCode: exitCodes.done as ExitCode, components, objects: desired.objects.length };
      } catch (error) {
        if (!(error instanceof MostikError)) throw error;
        return { diagnostics: error.diagnostics, exitCode: error.exitCode, components, objects: 0 };
      }
    });
    terminal.out(checkReport(found, flags.output, { look: terminal.outLook, explain: (code) => explanations[code] }));
    return found.exitCode;
  },
});

function requireCode(code: string): Code {
  if (isCode(code)) return code;
  const near = didYouMean(code, knownCodes());
  const hint = near === undefined ? 'docs/errors.md lists them' : `did you mean ${near}?`;
  throw new MostikError([diagnose('flag-invalid', { where: 'mostik check --explain', expected: 'a code of a finding', value: JSON.stringify(code), hint })]);
}
