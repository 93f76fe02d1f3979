import type { Cluster } from './api-server.js';
import { pathOf } from './check-names.js';
import type { ClaimExpectation } from './expectations.js';
import { refused, type Check, type Finding } from './finding.js';
import { parseQuantity } from './quantity.js';
import { listAt, textAt, valueAt } from './read.js';

const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
/** The provisioner of classes whose volumes people make by hand. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Storage for the claims: a class that is there, and no change that an existing claim cannot make. */
export const checkStorage: Check = async (cluster, { claims, namespace }) => {
  if (claims.length === 0) return [];
  const classes = listAt(await cluster.get(CLASSES), 'items');
  const findings = await Promise.all(
    claims.map(async (claim) => {
      const live = await cluster.get(pathOf({ kind: 'PersistentVolumeClaim', name: claim.name }, namespace));
      return live === undefined ? checkNewClaim(claim, { classes, cluster }) : checkExistingClaim(claim, { live, classes });
    }),
  );
  return findings.flat();
};

async function checkNewClaim(claim: ClaimExpectation, { classes, cluster }: { classes: unknown[]; cluster: Cluster }): Promise<Finding[]> {
  const { name, size, storageClass, setting } = claim;
  const names = classes.map(nameOf).sort();
  const known = names.length === 0 ? 'The cluster has no StorageClass at all' : `There is: ${names.join(', ')}`;
  const found = classes.find(storageClass === '' ? isDefault : (each) => nameOf(each) === storageClass);
  if (found === undefined && storageClass === '') {
    return [refused(`Claim ${name}: no StorageClass is marked as the default. ${known}. Name one in ${setting}.storageClass, or set ${setting}.enabled to false.`)];
  }
  if (found === undefined) return [refused(`${setting}.storageClass: StorageClass "${storageClass}" does not exist. ${known}.`)];
  if (textAt(found, 'provisioner') !== NO_PROVISIONER) return [];
  const volumes = listAt(await cluster.get('/api/v1/persistentvolumes'), 'items');
  if (volumes.some((volume) => fits(volume, { storageClass: nameOf(found), size }))) return [];
  return [refused(`Claim ${name}: StorageClass "${nameOf(found)}" makes no volumes by itself, and no free PersistentVolume of ${size} or more is there for it.`)];
}

function checkExistingClaim({ name, size, storageClass, setting }: ClaimExpectation, { live, classes }: { live: unknown; classes: unknown[] }): Finding[] {
  if (valueAt(live, 'metadata', 'deletionTimestamp') !== undefined) return [refused(`Claim ${name} is being deleted. Wait until it is gone, then try again.`)];
  if (textAt(live, 'status', 'phase') === 'Lost') return [refused(`Claim ${name} has lost its volume. Restore the volume, or delete the claim to start with an empty database.`)];
  const liveClass = textAt(live, 'spec', 'storageClassName') ?? '';
  if (storageClass !== '' && storageClass !== liveClass) {
    return [refused(`${setting}.storageClass: claim ${name} is of class "${liveClass}" and cannot move to "${storageClass}". Leave the class as it is, or move the data to a new claim.`)];
  }
  const has = textAt(live, 'spec', 'resources', 'requests', 'storage') ?? '0';
  const [hasBytes, asksBytes] = [parseQuantity(has), parseQuantity(size)];
  if (asksBytes < hasBytes) return [refused(`${setting}.size: claim ${name} has ${has} and cannot shrink to ${size}. Ask for ${has} or more.`)];
  const grows = classes.some((each) => nameOf(each) === liveClass && valueAt(each, 'allowVolumeExpansion') === true);
  if (asksBytes > hasBytes && !grows) {
    return [refused(`${setting}.size: claim ${name} has ${has} and cannot grow to ${size}, because StorageClass "${liveClass}" does not allow expansion. Keep ${has}, or move the data to a new claim.`)];
  }
  return [];
}

function fits(volume: unknown, { storageClass, size }: { storageClass: string; size: string }): boolean {
  return (
    textAt(volume, 'spec', 'storageClassName') === storageClass &&
    textAt(volume, 'status', 'phase') === 'Available' &&
    parseQuantity(textAt(volume, 'spec', 'capacity', 'storage') ?? '0') >= parseQuantity(size)
  );
}

function isDefault(storageClass: unknown): boolean {
  return DEFAULT_CLASS.some((annotation) => textAt(storageClass, 'metadata', 'annotations', annotation) === 'true');
}

function nameOf(object: unknown): string {
  return textAt(object, 'metadata', 'name') ?? '';
}
