import type { Rehearsal } from '../rehearse/index.js';

/** The report as a page of its own. */
export function rehearsalPage(report: Rehearsal): string {
  return report.platform;
}
