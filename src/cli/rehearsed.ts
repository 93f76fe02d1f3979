import { readFileSync } from 'node:fs';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Planned, StageOptions } from '../pipeline.js';
import type { PlanFlags } from '../plan/index.js';
import type { PlatformWorld } from './platform-world.js';

/** Refuses (exit 6) unless the report in a file ended well for exactly this plan. The plan's essence is made from stand-ins, as that of the rehearsal was. */
export async function demandRehearsal(file: string, { platform, target, planned, flags }: PlatformWorld & { planned: Planned; flags: PlanFlags }, options: StageOptions): Promise<void> {
  const [{ essenceOf, parseRehearsal, requireRehearsed }, { renderAndCheck }] = await Promise.all([import('../rehearse/index.js'), import('../pipeline.js')]);
  const report = parseRehearsal(read(file), file);
  const { desired } = await renderAndCheck(platform, options);
  const { state } = planned;
  const base = { kind: state.last ? ('generation' as const) : ('nothing' as const), generation: state.last?.number ?? 0, cluster: await target.kube.clusterId(), profiles: state.last?.profiles ?? [] };
  requireRehearsed(report, { platform: platform.name, essence: essenceOf(desired, base, flags) }, file);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new MostikError([diagnose('rehearsal-file-invalid', { file, problem: error instanceof Error ? error.message : String(error) })]);
  }
}
