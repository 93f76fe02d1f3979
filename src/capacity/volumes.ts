import { asDict, asList, asString, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import { termsTest } from './node-affinity.js';
import type { CapacityNode } from './node.js';
import { amountOf } from './resources.js';
import type { Surroundings } from './surroundings.js';
import type { Workload } from './workloads.js';

/** A claim that each pod of a workload needs. */
export interface ClaimNeed {
  /** How a message names it. */
  name: string;
  spec: Dict;
  /** One claim for all pods, by `namespace/name`; without it each pod has its own. */
  shared?: string;
}

/** What volumes mean for where pods run. */
export interface VolumeRules {
  /** Why no pod can start. */
  problem?: string;
  /** Why it is not known whether they can. */
  doubt?: string;
  /** Claims that one pod of the cluster may use at a time. */
  exclusive: string[];
  /** A node that the volumes cannot be reached from. */
  nodeProblem(node: CapacityNode): string | undefined;
}

/** Finds the claims of a workload: those it names, those of its templates, and those that live with a pod. */
export function claimsOf({ of, spec, namespace }: Workload, around: Surroundings): { claims: ClaimNeed[]; missing: string[] } {
  const claims: ClaimNeed[] = [];
  const missing: string[] = [];
  const templates = of.ref.kind === 'StatefulSet' ? asList(valueAt(of.object, 'spec', 'volumeClaimTemplates')) : [];
  for (const template of templates) claims.push({ name: asString(valueAt(template, 'metadata', 'name')) ?? '', spec: asDict(asDict(template)['spec']) });
  for (const entry of asList(spec['volumes'])) {
    const volume = asDict(entry);
    const template = valueAt(volume, 'ephemeral', 'volumeClaimTemplate', 'spec');
    if (isDict(template)) claims.push({ name: asString(volume['name']) ?? '', spec: template });
    const name = asString(asDict(volume['persistentVolumeClaim'])['claimName']);
    if (name === undefined) continue;
    const claim = around.claim(namespace, name);
    if (claim) claims.push({ name, spec: asDict(claim['spec']), shared: `${namespace}/${name}` });
    else missing.push(name);
  }
  return { claims, missing };
}

/** Says what the claims of a workload mean for its pods. */
export function volumeRules(workload: Workload, around: Surroundings): VolumeRules {
  const { claims, missing } = claimsOf(workload, around);
  const problems = claims.map((claim) => bindingOf(claim, around));
  const absent = missing.length > 0 && around.knows('PersistentVolumeClaim') ? `persistentvolumeclaim "${missing[0]}" not found` : undefined;
  const problem = absent ?? problems.find((each) => each.problem !== undefined)?.problem;
  const doubt = problems.find((each) => each.doubt !== undefined)?.doubt;
  const bound = claims.flatMap(({ spec }) => around.volumes.filter(({ metadata }) => metadata.name === asString(spec['volumeName'])));
  const tests = bound.flatMap((volume) => {
    const terms = valueAt(volume, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms');
    return terms === undefined ? [] : [termsTest(terms)];
  });
  return {
    ...(problem === undefined ? {} : { problem }),
    ...(doubt === undefined ? {} : { doubt }),
    exclusive: claims.flatMap(({ shared, spec }) => (shared !== undefined && asList(spec['accessModes']).includes('ReadWriteOncePod') ? [shared] : [])),
    nodeProblem: (node) => (tests.every((test) => test(node)) ? undefined : "node(s) didn't match PersistentVolume's node affinity"),
  };
}

/** Why a claim gets no volume, as far as that is known. */
function bindingOf({ name, spec }: ClaimNeed, around: Surroundings): { problem?: string; doubt?: string } {
  if ((asString(spec['volumeName']) ?? '') !== '' || !around.knows('StorageClass')) return {};
  const given = asString(spec['storageClassName']);
  const className = given ?? defaultClass(around.storageClasses) ?? '';
  const storageClass = around.storageClasses.find(({ metadata }) => metadata.name === className);
  if (storageClass && storageClass['provisioner'] !== 'kubernetes.io/no-provisioner') return {};
  const candidates = around.volumes.filter((volume) => couldBind(volume, spec, className));
  if (candidates.length > 0) return { doubt: `claim ${name} waits for one of ${candidates.length} volumes that are made by hand` };
  if (storageClass) return { problem: `claim ${name} finds no volume: StorageClass ${className} makes none` };
  if (className !== '') return { problem: `claim ${name} finds no volume: there is no StorageClass ${className}` };
  return { problem: given === '' ? `claim ${name} finds no volume: it asks for one that is made by hand` : `claim ${name} finds no volume: it names no StorageClass and none is the default` };
}

/** The class of claims that name none. */
function defaultClass(classes: readonly KubeObject[]): string | undefined {
  return classes.find(({ metadata }) => metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')?.metadata.name;
}

function couldBind(volume: KubeObject, claim: Dict, className: string): boolean {
  const spec = asDict(volume['spec']);
  const size = amountOf('storage', valueAt(spec, 'capacity', 'storage')) ?? 0;
  const wanted = amountOf('storage', valueAt(claim, 'resources', 'requests', 'storage')) ?? 0;
  const modes = asList(spec['accessModes']);
  return (asString(spec['storageClassName']) ?? '') === className && size >= wanted && asList(claim['accessModes']).every((mode) => modes.includes(mode));
}

/** The class that a claim is counted under by quotas. */
export function classOf(spec: Dict, { storageClasses }: Surroundings): string {
  return asString(spec['storageClassName']) ?? defaultClass(storageClasses) ?? '';
}
