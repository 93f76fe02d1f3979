import type { Cluster } from './api-server.js';
import type { Expectations } from './expectations.js';

export interface Finding {
  /** An error stops the installation, a note does not. */
  severity: 'error' | 'note';
  message: string;
}

export type Check = (cluster: Cluster, expectations: Expectations) => Promise<Finding[]>;

export function refused(message: string): Finding {
  return { severity: 'error', message };
}
