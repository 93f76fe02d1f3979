import type { CapacityReport } from '../capacity/index.js';
import { formatLocation } from '../diagnostics/index.js';
import { formatRef } from '../model/index.js';
import type { CapacityView } from './capacity-human.js';

/** What `mostik check capacity -o json` prints. Amounts are thousandths of a core, bytes, or numbers. */
export function capacityJson({ platform, report, nodes }: CapacityView, exitCode: number): object {
  return {
    version: 1,
    platform,
    exitCode,
    against: nodes ?? null,
    workloads: report.workloads.map(workloadJson),
    shortages: report.shortages.map(({ of, missing, reason }) => ({ objects: of.map(formatRef), missing, reason })),
    refusedClaims: report.refusedClaims.map(({ of, reason }) => ({ object: formatRef(of), reason })),
    quotas: report.quotas.map(({ quota, resource, hard, wanted, passing, others, by }) => ({ quota: formatRef(quota), resource, hard, wanted, passing, others, by: by.map(({ of, amount }) => ({ object: formatRef(of), amount })) })),
    /** One plausible placement of many. */
    nodes: report.nodes,
  };
}

function workloadJson({ of, at, scaled, ...found }: CapacityReport['workloads'][number]): object {
  return { object: formatRef(of), at: formatLocation(at), ...found, ...(scaled ? { scaled: { ...scaled, by: formatRef(scaled.by) } } : {}) };
}
