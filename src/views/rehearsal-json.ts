import type { Rehearsal } from '../rehearse/index.js';

/** The published form of a rehearsal: schema/rehearsal.schema.json. */
export function rehearsalJson(report: Rehearsal): object {
  return report;
}
