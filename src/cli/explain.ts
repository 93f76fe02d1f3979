import { exitCodes, throwOnErrors } from '../diagnostics/index.js';
import { explainFieldJson, explainFieldText, type ExplainedField } from '../views/explain-field.js';
import { jsonText } from '../views/json.js';
import { defineCommand } from './command.js';
import { toggle } from './flag.js';
import { dirArgument, inputsOf, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik explain`: which file, line and layer set a field. */
export const explainCommand = defineCommand({
  details: [
    'An object is named as Mostik prints it: Kind/name or Kind/namespace/name. A field too: spec.template.spec.containers[web].image.',
    'For charts and native workloads each value is changed in turn and rendered again: what the field follows has set it. Nothing is written.',
    'With --live (or --context, --kubeconfig) also the field on the target cluster, and which managers own it there.',
  ].join('\n'),
  arguments: [{ name: 'object', description: 'Kind/name or Kind/namespace/name', required: true }, { name: 'field', description: 'Path of a field, such as spec.replicas', required: true }, dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag, live: toggle('Also who owns the field on the target cluster') },
  examples: [
    ['mostik explain Deployment/api-gateway spec.replicas', 'which file and line set it'],
    ["mostik explain deploy/web 'spec.template.spec.containers[web].image' platforms/balance-plus -p prod --live", 'and who owns it on the cluster'],
  ],
  run: async ({ args: [object = '', field = '', dir], flags: { live, output, ...flags }, terminal, signal }) => {
    const [{ readPlatform, renderOnly }, { explainField }] = await Promise.all([import('../pipeline.js'), import('../operate/explain-field.js')]);
    const found = await withSteps(terminal, async (steps): Promise<ExplainedField> => {
      const stage = { signal, onProgress: steps.engine };
      const platform = await readPlatform(inputsOf(dir, flags), stage);
      const { engine, desired } = await renderOnly(platform, stage);
      throwOnErrors(desired.diagnostics);
      if (!live && flags.context === undefined && flags.kubeconfig === undefined) return { explanation: await explainField(platform, desired, { object, field, engine, signal }) };
      const { explainLive } = await import('../operate/explain-live.js');
      return explainLive(platform, desired, { object, field, engine, signal, context: flags.context, kubeconfig: flags.kubeconfig });
    });
    terminal.out(output === 'json' ? jsonText(explainFieldJson(found)) : explainFieldText(found, terminal.outLook));
    return exitCodes.done;
  },
});
