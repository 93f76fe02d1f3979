import { pathOf } from './check-names.js';
import { refused, type Check, type Finding } from './finding.js';
import { formatBytes, parseQuantity } from './quantity.js';
import { listAt, textAt, textsAt } from './read.js';

const COUNTS = ['persistentvolumeclaims', 'count/persistentvolumeclaims'];
const STORAGE = 'requests.storage';

/** What the namespace's quotas leave for the claims that are new or grow. */
export const checkQuota: Check = async (cluster, { claims, namespace }) => {
  if (claims.length === 0) return [];
  const quotas = listAt(await cluster.get(`/api/v1/namespaces/${namespace}/resourcequotas`), 'items');
  if (quotas.length === 0) return [];
  let newClaims = 0;
  let moreBytes = 0;
  for (const { name, size } of claims) {
    const live = await cluster.get(pathOf({ kind: 'PersistentVolumeClaim', name }, namespace));
    const has = parseQuantity(textAt(live, 'spec', 'resources', 'requests', 'storage') ?? '0');
    newClaims += live === undefined ? 1 : 0;
    moreBytes += Math.max(0, parseQuantity(size) - has);
  }
  return quotas.flatMap((quota) => checkOne(quota, { namespace, newClaims, moreBytes }));
};

function checkOne(quota: unknown, { namespace, newClaims, moreBytes }: { namespace: string; newClaims: number; moreBytes: number }): Finding[] {
  const name = `ResourceQuota ${namespace}/${textAt(quota, 'metadata', 'name') ?? ''}`;
  const hard = textsAt(quota, 'spec', 'hard');
  const used = textsAt(quota, 'status', 'used');
  const left = (key: string): number => parseQuantity(hard.get(key) ?? 'unlimited') - parseQuantity(used.get(key) ?? '0');
  const findings = COUNTS.filter((key) => newClaims > left(key)).map((key) =>
    refused(`${name} leaves ${left(key)} of ${key}, and the installation needs ${newClaims} more.`),
  );
  // A key without a limit gives NaN, and nothing is larger than that.
  if (moreBytes > left(STORAGE)) {
    findings.push(refused(`${name} leaves ${formatBytes(left(STORAGE))} of ${STORAGE}, and the claims need ${formatBytes(moreBytes)} more.`));
  }
  return findings;
}
