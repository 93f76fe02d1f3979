import { Forbidden, type Cluster } from './api-server.js';
import { checkImages } from './check-images.js';
import { checkNames } from './check-names.js';
import { checkNodePorts } from './check-node-ports.js';
import { checkQuota } from './check-quota.js';
import { checkSecrets } from './check-secrets.js';
import { checkStorage } from './check-storage.js';
import type { Expectations } from './expectations.js';
import type { Check, Finding } from './finding.js';

const CHECKS: readonly Check[] = [checkNames, checkStorage, checkQuota, checkNodePorts, checkSecrets, checkImages];

/** Every check, all findings at once. What the ServiceAccount may not read is a note: Kubernetes itself will have the last word. */
export async function checkPreconditions(cluster: Cluster, expectations: Expectations): Promise<Finding[]> {
  const findings = await Promise.all(CHECKS.map((check) => check(cluster, expectations).catch(notChecked)));
  return findings.flat();
}

function notChecked(thrown: unknown): Finding[] {
  if (thrown instanceof Forbidden) return [{ severity: 'note', message: `Not checked: ${thrown.message}.` }];
  throw thrown;
}
