import { exitCodes, type ExitCode } from '../diagnostics/index.js';
import { jsonText } from '../views/json.js';
import { modelsJson } from '../views/models-json.js';
import { modelsText } from '../views/models-human.js';
import { defineCommand } from './command.js';
import { dirArgument, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik models`: the models of a platform in its cluster. */
export const modelsCommand = defineCommand({
  details: 'Lists what components with `model:` have brought into the cluster, and asks the model server for each whether it answers. A new version is a change of `file:` and `version:`, then mostik up; mostik rollback goes back. Components with the same `name:` are versions of one model that divide the requests for it by `traffic:`.',
  arguments: [dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag },
  examples: [
    ['mostik models platforms/ml-platform', 'name, version, share of the requests, whether it answers, and where'],
    ['mostik models -o json', 'the same for programs'],
  ],
  run: async ({ args: [dir], flags, terminal, signal }): Promise<ExitCode> => {
    const { listModels } = await import('../operate/models.js');
    const { platform, models } = await withSteps(terminal, async (steps) => {
      const { platform, target } = await openPlatform(dir, { flags, signal, steps });
      return { platform: platform.name, models: await listModels(target, platform.name, signal) };
    });
    terminal.out(flags.output === 'json' ? jsonText(modelsJson(platform, models)) : modelsText(platform, models, terminal.outLook));
    return exitCodes.done;
  },
});
