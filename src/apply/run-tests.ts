import { setTimeout } from 'node:timers/promises';
import type { Kube } from '../kube/index.js';
import { asList, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, maskText, type Health, type KubeObject, type ObjectRef, type PlannedChange, type SecretTable } from '../model/index.js';
import { isHopeless } from './health/hopeless.js';
import { jobHealth } from './health/job.js';
import { podReason, taskHealth } from './health/pod.js';
import { policiesOf, removeHook } from './run-hook.js';
import { writeFailure } from './write.js';

/** How one test ended. */
export interface TestResult {
  component: string;
  /** `Pod/namespace/name` of a Helm test, the name of one that the platform file declares. */
  test: string;
  /** Skipped: containers that would have to answer do not run. */
  outcome: 'passed' | 'failed' | 'timeout' | 'skipped';
  seconds: number;
  /** Why it did not pass. */
  reason?: string;
  /** The end of what its containers wrote, when it did not pass; without secret values. */
  log: string[];
}

/** What running tests needs. */
export interface TestWorld {
  kube: Kube;
  secrets: SecretTable;
  timeoutSeconds: number;
  onStart(test: { component: string; test: string }): void;
  onEnd(result: TestResult): void;
  signal: AbortSignal;
}

/** Lines of each container's log that are kept. */
const tail = 20;

/** Runs test hooks in their order, all of them whatever fails, and takes them away as their delete policies say. */
export async function runTests(hooks: readonly PlannedChange[], world: TestWorld): Promise<TestResult[]> {
  const results: TestResult[] = [];
  const failed = new Set<string>();
  try {
    for (const planned of hooks) {
      world.signal.throwIfAborted();
      const result = await runTest(planned, world);
      if (!result) continue;
      results.push(result);
      world.onEnd(result);
      if (result.outcome !== 'passed') failed.add(formatRef(planned.change.ref));
    }
  } finally {
    // Accounts and settings that tests stand on go after the tests.
    for (const planned of [...hooks].reverse()) {
      const policy = failed.has(formatRef(planned.change.ref)) ? 'hook-failed' : 'hook-succeeded';
      if (policiesOf(planned).includes(policy)) await removeHook(planned, { ...world, signal: AbortSignal.timeout(30_000), timeoutSeconds: 30 });
    }
  }
  return results;
}

async function runTest(planned: PlannedChange, world: TestWorld): Promise<TestResult | undefined> {
  const { change, send } = planned;
  const { ref, component } = change;
  const isTest = ref.kind === 'Pod' || ref.kind === 'Job';
  const started = performance.now();
  const ended = (outcome: TestResult['outcome'], more: Partial<TestResult> = {}): TestResult => ({ component, test: formatRef(ref), outcome, seconds: Math.round((performance.now() - started) / 100) / 10, log: [], ...more });
  try {
    if (!send) throw new Error(`${formatRef(ref)}: nothing to send`);
    if (isTest) world.onStart({ component, test: formatRef(ref) });
    // A pod that ran cannot run again: the one of the last time goes whatever its policy.
    if (isTest || policiesOf(planned).includes('before-hook-creation')) await removeHook(planned, world);
    await world.kube.apply(send);
    if (!isTest) return undefined;
    const { outcome, reason } = await endOf(ref, world);
    if (outcome === 'passed') return ended(outcome);
    return ended(outcome, { reason: maskText(reason, world.secrets), log: await logEnd(ref, world) });
  } catch (error) {
    world.signal.throwIfAborted();
    return ended('failed', { reason: maskText(writeFailure(ref, error), world.secrets) });
  }
}

async function endOf(ref: ObjectRef, { kube, timeoutSeconds, signal }: TestWorld): Promise<{ outcome: TestResult['outcome']; reason: string }> {
  for (const deadline = Date.now() + timeoutSeconds * 1000; ; ) {
    const live = await kube.get(ref, { signal });
    if (!live) return { outcome: 'failed', reason: 'somebody deleted it' };
    const verdict = verdictOf(ref.kind === 'Job' ? jobHealth(live) : taskHealth(live));
    if (verdict) return verdict;
    const pods = ref.kind === 'Job' ? await podsOfJob(kube, ref, signal) : [live];
    const hopeless = pods.find((pod) => isHopeless(pod, { ofJob: ref.kind === 'Job' }));
    if (hopeless) return { outcome: 'failed', reason: podReason(hopeless) };
    if (Date.now() > deadline) return { outcome: 'timeout', reason: `did not end in ${timeoutSeconds} s${pods[0] ? `: ${podReason(pods[0])}` : ''}` };
    await setTimeout(300, undefined, { signal });
  }
}

function verdictOf({ status, reason }: Health): { outcome: TestResult['outcome']; reason: string } | undefined {
  if (status === 'progressing') return undefined;
  return { outcome: status === 'healthy' ? 'passed' : 'failed', reason };
}

async function podsOfJob(kube: Kube, ref: ObjectRef, signal: AbortSignal): Promise<KubeObject[]> {
  return (await kube.list('v1', 'Pod', { namespace: ref.namespace, labelSelector: `batch.kubernetes.io/job-name=${ref.name}`, signal })).items;
}

/** The end of the log of every container of a test's newest pod. */
async function logEnd(ref: ObjectRef, { kube, secrets, signal }: TestWorld): Promise<string[]> {
  const made = (pod: KubeObject): string => asString(pod.metadata['creationTimestamp']) ?? '';
  const pod = ref.kind === 'Job' ? (await podsOfJob(kube, ref, signal)).sort((a, b) => made(b).localeCompare(made(a)))[0] : await kube.get(ref, { signal });
  return pod ? podLogEnd(kube, pod, { secrets, signal }) : [];
}

/** The end of the log of every container of a pod, without secret values; of what never started there is none. */
export async function podLogEnd(kube: Kube, pod: KubeObject, { secrets, signal }: { secrets: SecretTable; signal: AbortSignal }): Promise<string[]> {
  const containers = ['initContainers', 'containers'].flatMap((list) => asList(valueAt(pod, 'spec', list))).flatMap((container) => asString(valueAt(container, 'name')) ?? []);
  const lines: string[] = [];
  for (const container of containers) {
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
      for await (const line of kube.logs({ apiVersion: 'v1', kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }, { container, tailLines: tail, signal: limited })) lines.push(`${containers.length > 1 ? `${container}: ` : ''}${maskText(line, secrets)}`);
    } catch {
      // A container that never started has no log; its reason says so.
      signal.throwIfAborted();
    }
  }
  return lines.slice(-3 * tail);
}
