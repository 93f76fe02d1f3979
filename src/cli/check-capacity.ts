import type { CapacityReport } from '../capacity/index.js';
import { exitCodes, throwOnErrors } from '../diagnostics/index.js';
import { capacityText, type CapacityView } from '../views/capacity-human.js';
import { capacityJson } from '../views/capacity-json.js';
import { jsonText } from '../views/json.js';
import { plural } from '../views/text.js';
import { defineCommand } from './command.js';
import { toggle } from './flag.js';
import { dirArgument, inputsOf, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik check capacity`: what finds room, and how full the nodes are. */
export const checkCapacityCommand = defineCommand({
  details: [
    'Judges requests, quotas, LimitRanges, GPUs, taints, affinity, spread, claims and rollouts against the nodes that the platform declares, as scheduler and API server would.',
    'With --live (or --context, --kubeconfig) against the nodes of the target cluster and the pods that others run there; nothing is written.',
    'Exit 0, or 1 when pods surely will not run. What depends on the order of placement is `may not fit`, and no failure.',
    'A folder called capacity is named ./capacity.',
  ].join('\n'),
  arguments: [dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag, live: toggle('Against the nodes and pods of the target cluster') },
  examples: [
    ['mostik check capacity', 'which pods stay Pending, and what they lack'],
    ['mostik check capacity platforms/balance-plus -p prod --live', 'on the cluster as it is'],
  ],
  run: async ({ args: [dir], flags: { live, output, ...flags }, terminal, signal }) => {
    const [{ readPlatform, renderOnly }, { capacityOf }, { declaredInput }] = await Promise.all([import('../pipeline.js'), import('../capacity/index.js'), import('../check/capacity.js')]);
    const view = await withSteps(terminal, async (steps): Promise<CapacityView> => {
      const stage = { signal, onProgress: steps.engine };
      const platform = await readPlatform(inputsOf(dir, flags), stage);
      const { desired } = await renderOnly(platform, stage);
      throwOnErrors(desired.diagnostics);
      if (!live && flags.context === undefined && flags.kubeconfig === undefined) {
        const input = declaredInput(platform, desired);
        const { nodes } = platform.cluster;
        const total = nodes.reduce((sum, { count }) => sum + count, 0);
        return { platform: platform.name, report: capacityOf(input), nodes: input.nodes && `${plural(total, 'declared node')}: ${nodes.map(({ name, count, cpu, memory }) => `${count} ${name} (${cpu} CPU, ${memory})`).join(', ')}` };
      }
      const [{ openTarget }, { liveCapacity }] = await Promise.all([import('../operate/target.js'), import('../operate/live-capacity.js')]);
      const target = await openTarget(platform, { context: flags.context, kubeconfig: flags.kubeconfig, signal });
      try {
        const input = await liveCapacity(target.kube, desired, signal);
        return { platform: platform.name, report: capacityOf(input), nodes: `the ${plural(input.nodes?.length ?? 0, 'node')} of ${target.clusterName}` };
      } finally {
        target.kube.close();
      }
    });
    const code = isShort(view.report) ? exitCodes.failed : exitCodes.done;
    terminal.out(output === 'json' ? jsonText(capacityJson(view, code)) : capacityText(view, terminal.outLook));
    return code;
  },
});

/** Tells whether some pods or objects surely do not come to be. */
function isShort({ workloads, shortages, refusedClaims, quotas }: CapacityReport): boolean {
  return workloads.some(({ verdict }) => verdict === 'pending' || verdict === 'refused') || shortages.length > 0 || refusedClaims.length > 0 || quotas.some(({ wanted, others, hard }) => wanted + others > hard);
}
