import { setTimeout as sleep } from 'node:timers/promises';
import type { Kube } from '../kube/index.js';
import { asNumber, asString, valueAt } from '../lib/read-unknown.js';
import type { Desired, KubeObject } from '../model/index.js';

/** Autoscalers look every five seconds here. */
const patienceMs = 20_000;

/**
 * Waits until the platform's HorizontalPodAutoscalers have brought their workloads to the fewest pods they allow: an apply
 * does not wait for that, but these pods need room as well. Returns false when there is no autoscaler.
 */
export async function untilScaled(kube: Kube, { objects }: Pick<Desired, 'objects'>, signal: AbortSignal): Promise<boolean> {
  const scalers = objects.filter(({ ref }) => ref.kind === 'HorizontalPodAutoscaler').map(({ object }) => object);
  if (scalers.length === 0) return false;
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(200, undefined, { signal })) {
    const scaled = await Promise.all(scalers.map((scaler) => isScaled(kube, scaler)));
    if (scaled.every(Boolean)) break;
  }
  return true;
}

async function isScaled(kube: Kube, scaler: KubeObject): Promise<boolean> {
  const part = (key: string): string => asString(valueAt(scaler, 'spec', 'scaleTargetRef', key)) ?? '';
  const target = await kube.get({ apiVersion: part('apiVersion'), kind: part('kind'), name: part('name'), ...(scaler.metadata.namespace === undefined ? {} : { namespace: scaler.metadata.namespace }) });
  if (!target) return true;
  const replicas = asNumber(valueAt(target, 'spec', 'replicas')) ?? 1;
  // Nothing is scaled that somebody has scaled to nothing.
  return replicas === 0 || replicas >= (asNumber(valueAt(scaler, 'spec', 'minReplicas')) ?? 1);
}
