import { userInfo } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { isAlreadyExists, isConflict, isNotFound, type Kube } from '../kube/index.js';
import { identifyProcess, livenessOf, type ProcessIdentity } from '../lib/process-identity.js';
import { asDict, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { refOf, type KubeObject } from '../model/index.js';
import { stateLabel } from '../plan/index.js';

/** Seconds after which a lock that nobody renews is free (coordination.k8s.io/v1 Lease). */
const leaseSeconds = 15;
const renewEvery = 5000;

/** Who holds a lock: which process, where, and for whom. */
interface Holder extends ProcessIdentity {
  user: string;
}

/** A held lock. */
export interface Lock {
  /** Throws when the lock was lost: somebody took it over, or it could not be renewed in time. */
  check(): void;
  /** Aborted when the lock is lost. */
  lost: AbortSignal;
  /** Says that only waiting is left: a newer apply may take over. */
  waiting(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the platform's lock. A dead process of this host and boot is taken over at once; another holder that only
 * waits gives way; one that writes is named and refused (exit 6).
 */
export async function takeLock(kube: Kube, place: { platform: string; namespace: string }, signal?: AbortSignal): Promise<Lock> {
  const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: place.namespace, name: `mostik.${place.platform}` };
  let held = await kube.get(ref);
  if (!held) {
    try {
      held = await kube.create(leaseObject(ref, place.platform));
      return keep(kube, held, place.platform);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      held = await kube.get(ref);
    }
  }
  if (!held) throw new MostikError([diagnose('lock-lost', { platform: place.platform, who: 'somebody deleted it' })]);
  await waitUntilFree(kube, held, { platform: place.platform, signal });
  const current = (await kube.get(ref)) ?? held;
  try {
    const taken = await kube.replace({ ...leaseObject(ref, place.platform), metadata: { ...leaseObject(ref, place.platform).metadata, resourceVersion: current.metadata.resourceVersion ?? '' } });
    return keep(kube, taken, place.platform);
  } catch (error) {
    if (!isConflict(error) && !isNotFound(error)) throw error;
    return takeLock(kube, place, signal);
  }
}

/**
 * Returns when the lock is free. Expiry is judged by when we last saw the lease change, since clocks of two hosts may
 * differ; a holder that renews, or that is seen running on this host, is named and refused.
 */
async function waitUntilFree(kube: Kube, lease: KubeObject, { platform, signal }: { platform: string; signal?: AbortSignal | undefined }): Promise<void> {
  const seenAt = Date.now();
  let now: KubeObject | undefined = lease;
  while (Date.now() - seenAt <= leaseSeconds * 1000) {
    if (!now || isFree(now)) return;
    const holder = holderOf(now);
    const isHere = holder !== undefined && isThisBoot(holder);
    if (isHere || now.metadata.resourceVersion !== lease.metadata.resourceVersion) throw refusal(now, platform);
    await setTimeout(500, undefined, { signal });
    now = await kube.get(refOf(lease));
  }
}

function isFree(lease: KubeObject): boolean {
  const holder = holderOf(lease);
  if (!holder) return true;
  if (lease.metadata.annotations?.['mostik.dev/phase'] === 'waiting') return true;
  return isThisBoot(holder) && livenessOf(holder) === 'dead';
}

/** Two machines may share a host name; only within one boot does a missing process prove that it died. */
function isThisBoot(holder: Holder): boolean {
  const self = identifyProcess();
  return self !== undefined && self.host === holder.host && self.boot === holder.boot && self.boot !== '';
}

function refusal(lease: KubeObject, platform: string): MostikError {
  const holder = holderOf(lease);
  const who = holder ? `${holder.user}@${holder.host} (process ${holder.pid})` : 'somebody';
  return new MostikError([diagnose('lock-held', { platform, who, since: asString(valueAt(lease, 'spec', 'acquireTime')) ?? 'unknown' })]);
}

function keep(kube: Kube, lease: KubeObject, platform: string): Lock {
  const controller = new AbortController();
  let current = lease;
  let renewedAt = Date.now();
  let released = false;
  let chain = Promise.resolve();
  const lose = (who: string): void => {
    if (!released && !controller.signal.aborted) controller.abort(new MostikError([diagnose('lock-lost', { platform, who })]));
  };
  const write = (change: (object: KubeObject) => KubeObject): Promise<void> => {
    chain = chain.then(async () => {
      if (released || controller.signal.aborted) return;
      try {
        current = await kube.replace(change(current));
        renewedAt = Date.now();
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) lose('a newer apply took over');
        else if (Date.now() - renewedAt > leaseSeconds * 1000) lose(`it could not be renewed: ${String(error)}`);
      }
    });
    return chain;
  };
  const renew = (object: KubeObject): KubeObject => ({ ...object, spec: { ...asDict(object['spec']), renewTime: microTime() } });
  const timer = setInterval(() => void write(renew), renewEvery);
  timer.unref();
  return {
    check: () => { controller.signal.throwIfAborted(); },
    lost: controller.signal,
    waiting: () => write((object) => ({ ...renew(object), metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, 'mostik.dev/phase': 'waiting' } } })),
    release: async () => {
      clearInterval(timer);
      await chain;
      if (controller.signal.aborted || released) return;
      released = true;
      const { metadata } = current;
      await kube
        .delete({ apiVersion: lease.apiVersion, kind: lease.kind, namespace: metadata.namespace ?? '', name: metadata.name }, { ...(metadata.uid ? { uid: metadata.uid } : {}), ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}) })
        .catch((error: unknown) => { if (!isConflict(error)) throw error; });
    },
  };
}

function leaseObject(ref: { apiVersion: string; kind: string; namespace: string; name: string }, platform: string): KubeObject {
  const now = microTime();
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace, labels: { [stateLabel]: platform, 'app.kubernetes.io/managed-by': 'mostik' }, annotations: { 'mostik.dev/phase': 'applying' } },
    spec: { holderIdentity: JSON.stringify(self()), leaseDurationSeconds: leaseSeconds, acquireTime: now, renewTime: now },
  };
}

/** MicroTime of the API: six digits after the second. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

function holderOf(lease: KubeObject): Holder | undefined {
  const text = asString(valueAt(lease, 'spec', 'holderIdentity'));
  if (text === undefined || text === '') return undefined;
  try {
    const map = asDict(JSON.parse(text));
    return { host: String(map['host']), pid: asNumber(map['pid']) ?? 0, started: String(map['started']), boot: String(map['boot']), user: String(map['user']) };
  } catch {
    return { host: 'another tool', pid: 0, started: '', boot: '', user: text };
  }
}

function self(): Holder {
  const identity = identifyProcess() ?? { host: 'unknown', boot: '', pid: process.pid, started: '' };
  return { ...identity, user: userName() };
}

/** Name of the user who runs this process; never throws where the account has no entry. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
