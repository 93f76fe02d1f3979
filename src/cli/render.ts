import { exitCodes } from '../diagnostics/index.js';
import { renderJson, renderYaml } from '../views/render.js';
import { defineCommand } from './command.js';
import { printDiagnostics } from './failure.js';
import { choice, toggle } from './flag.js';
import { dirArgument, inputsOf, platformFlags, sealingFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik render`: the objects, from files alone. */
export const renderCommand = defineCommand({
  details: 'A Kubernetes List with namespaces, CRDs and hooks in it, the same bytes everywhere. Secrets are stand-ins unless --with-secrets asks for the values.',
  arguments: [dirArgument],
  flags: {
    ...platformFlags,
    ...sealingFlags,
    output: choice('Form of the List', ['yaml', 'json'], { short: 'o' }),
    withSecrets: toggle('Real secret values, from .env or opened with --sealing-key, in place of stand-ins'),
  },
  examples: [
    ['mostik render platforms/microservices -p test', 'look at what profile test makes'],
    ['mostik render -o json | jq .items[].kind', 'work on it with other tools'],
  ],
  ownFailureForm: true,
  run: async ({ args: [dir], flags, terminal, signal }) => {
    const { readPlatform, renderPlatform, secretPlaces } = await import('../pipeline.js');
    const desired = await withSteps(terminal, async (steps) => {
      const stage = { signal, onProgress: steps.engine };
      const platform = await readPlatform(inputsOf(dir, flags), stage);
      if (!flags.withSecrets) return renderPlatform(platform, stage);
      const { resolveSecrets } = await import('../secrets/index.js');
      const { table } = await resolveSecrets({ ...secretPlaces(platform, undefined, { sealingKeys: flags.sealingKey }), specs: platform.secrets, stored: new Map() });
      return renderPlatform(platform, { ...stage, secrets: table });
    });
    printDiagnostics(desired.diagnostics, terminal);
    terminal.out(flags.output === 'json' ? renderJson(desired.objects) : renderYaml(desired.objects));
    return exitCodes.done;
  },
});
