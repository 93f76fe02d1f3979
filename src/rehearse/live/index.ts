import { setTimeout as sleep } from 'node:timers/promises';
import { holdUpOf, type MonitorOptions } from '../../apply/index.js';
import type { Diagnostic } from '../../diagnostics/index.js';
import type { Kube } from '../../kube/index.js';
import { formatRef, type NodeSpec, type RenderedObject, type ResolvedPlatform, type SecretTable } from '../../model/index.js';
import { settle, type BaseState } from '../base.js';
import { untilPoliciesAreInForce } from '../in-force.js';
import type { NotExercised, RehearsalBase } from '../schema.js';
import type { LiveTarget } from '../target.js';
import { cover, valuesOf, type Covering } from './cover.js';
import { makeCopies, type Copies } from './make-copies.js';
import { readNodes } from './nodes.js';
import { readObjects, type LiveObjects } from './read.js';
import { copyState } from './state.js';

/** What was read of the live cluster, ready to be put into the throw-away one. */
export interface LiveCopy {
  nodes: NodeSpec[];
  notExercised: NotExercised[];
  /** Values of its Secrets: nothing that is told may hold one. */
  values: SecretTable;
  /** Writes the copies; returns what the throw-away cluster did not take. */
  stage(kube: Kube, with_: { standIns: SecretTable; declared: readonly RenderedObject[]; signal: AbortSignal }): Promise<Diagnostic[]>;
  /** Waits until the platform's own copies are ready, as far as they will be. */
  settle(kube: Kube, base: BaseState, how: { timeoutSeconds: number; monitor: MonitorOptions; signal: AbortSignal }): Promise<RehearsalBase>;
}

/** Reads the live cluster: nodes, rules and objects. */
export async function readLiveCluster(target: LiveTarget, platform: ResolvedPlatform): Promise<LiveCopy> {
  const objects = await readObjects(target.kube);
  const nodes = readNodes(objects.nodes);
  return {
    nodes: nodes.specs,
    notExercised: [...nodes.notExercised, ...objects.notExercised, { what: 'placement of copied pods', why: 'the scheduler places them anew: they may lie otherwise than in the live cluster' }],
    values: valuesOf(objects.groups.flat()),
    stage: async (stage, { standIns, declared, signal }) => {
      await nodes.complete(stage);
      const covering: Covering = { platform: platform.name, real: target.state.secrets, standIns, declared };
      const copies: Copies = { uids: new Map(), refused: [] };
      await copyAll(stage, objects, { copies, covering, signal });
      await copyState(stage, { real: target.kube, state: target.state, standIns, uids: copies.uids });
      return copies.refused;
    },
    settle: async (stage, { base, desired }, how) => {
      const notes = desired ? (await settle(stage, desired, how)).map(({ ref, reason }) => `${formatRef(ref)}: ${reason}`) : [];
      return { ...base, kind: 'live', ready: notes.length === 0, notes: [...base.notes, ...notes] };
    },
  };
}

async function copyAll(stage: Kube, { groups, custom, rules }: LiveObjects, { copies, covering, signal }: { copies: Copies; covering: Covering; signal: AbortSignal }): Promise<void> {
  // Ours are replaced by those of the live cluster: two default classes would be none.
  for (const [apiVersion, kind] of [['storage.k8s.io/v1', 'StorageClass'], ['networking.k8s.io/v1', 'IngressClass']] as const) {
    const kept = new Set(groups.flat().filter((object) => object.kind === kind).map(({ metadata }) => metadata.name));
    for (const own of (await stage.list(apiVersion, kind)).items) if (!kept.has(own.metadata.name)) await stage.delete({ apiVersion, kind, name: own.metadata.name });
  }
  for (const group of groups) {
    signal.throwIfAborted();
    await makeCopies(stage, group.map((object) => cover(object, covering)), copies);
    const crds = group.filter(({ kind }) => kind === 'CustomResourceDefinition');
    if (crds.length > 0) await untilServed(stage, custom);
  }
  await makeCopies(stage, custom.map((object) => cover(object, covering)), copies);
  await untilQuiet(stage, signal);
  for (const group of rules) await makeCopies(stage, group, copies);
  if (rules.flat().some(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')) await untilPoliciesAreInForce(stage);
}

async function untilServed(stage: Kube, custom: LiveObjects['custom']): Promise<void> {
  const kinds = new Map(custom.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]));
  await Promise.all([...kinds.values()].map(({ apiVersion, kind }) => stage.waitForKind(apiVersion, kind)));
  await stage.refreshDiscovery();
}

/** Waits until controllers have made their pods and these have started, or nothing moves any more. */
async function untilQuiet(stage: Kube, signal: AbortSignal): Promise<void> {
  let seen = '';
  let since = Date.now();
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250, undefined, { signal })) {
    const { items } = await stage.list('v1', 'Pod');
    const moving = items.filter((pod) => pod.metadata.deletionTimestamp !== undefined || holdUpOf(pod)?.stuck === false).length;
    const now = `${items.length} ${moving}`;
    if (now !== seen) since = Date.now();
    seen = now;
    if (Date.now() - since >= (moving === 0 ? 1000 : 3000)) return;
  }
}
