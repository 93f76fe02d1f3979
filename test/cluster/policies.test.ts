import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedPolicies } from '../../src/catalog/policies.js';
import { ApiError, connect, type Kube } from '../../src/kube/index.js';
import type { KubeObject, Policy } from '../../src/model/index.js';
import { engineForTests } from '../../src/render/platform.fixture.js';
import { examine, parametersObject, policyObjects, type ObjectExamined, type PolicyTarget } from '../../src/render/index.js';
import { adversarial } from './adversarial.js';
import { noApiServer, startApiServer, type ApiServer } from './api-server.js';

const policies = [...shippedPolicies().values()].map(({ policy }) => policy).filter(({ spec }) => spec.appliesTo !== 'platform');
/** The server tells the first refusal only, so that each rule holds in a namespace of its own. */
const target = (policy: Policy): PolicyTarget => ({ platform: 'c', namespaces: [namespaceOf(policy)], action: 'enforce', parameters: 'default' });
const namespaceOf = ({ metadata }: Policy): string => `rule-${metadata.name}`;
const made = policies.map((policy) => policyObjects(policy, target(policy)));
const parameters = parametersObject({ platform: 'c', parameters: 'default' }, []);

/** Every example of every rule, and the adversarial objects. */
const subjects: { what: string; object: KubeObject }[] = [
  ...policies.flatMap((policy) => examplesOf(policy).map((object, i) => ({ what: `${policy.metadata.name}, example ${i}: ${object.kind} ${object.metadata.name}`, object }))),
  ...adversarial,
];
/** A namespace without a rule. */
const free = 'free';
/** Namespaces whose pods the server's own Pod Security admission guards. */
const levels = ['baseline', 'restricted'];

function examplesOf({ spec: { examples } }: Policy): KubeObject[] {
  return [...examples.good, ...examples.bad.map(({ object }) => object)];
}

function placed(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

describe.skipIf(noApiServer ?? !engineForTests)('rules on a real API server', () => {
  let server: ApiServer;
  let kube: Kube;
  /** By namespace, in the order of the subjects. */
  const offline = new Map<string, ObjectExamined[]>();
  beforeAll(async () => {
    // As every cluster is started that kubeadm sets up.
    server = await startApiServer({ flags: ['--allow-privileged=true'] });
    kube = await connect({ kubeconfig: server.kubeconfig });
    for (const name of [free, ...policies.map(namespaceOf)]) await kube.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const level of levels) await kube.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: level, labels: { 'pod-security.kubernetes.io/enforce': level } } });
    for (const object of [parameters, ...made.flat()]) await kube.create(object);
    await untilActive();
    const namespaces = [free, ...policies.map(namespaceOf)];
    const objects = namespaces.flatMap((namespace) => subjects.map(({ object }) => placed(object, namespace)));
    const request = { kubeVersion: '1.36', objects, policies: made.map(([policy, binding]) => ({ policy, binding, params: [parameters] })), namespaces: [] };
    const examined = await examine(request, { path: engineForTests!.path });
    namespaces.forEach((namespace, i) => offline.set(namespace, examined.objects.slice(i * subjects.length, (i + 1) * subjects.length)));
  });
  afterAll(async () => {
    kube.close();
    await server.stop();
  });

  /** A policy counts some time after it was written, and with its parameters still later: each has refused its bad example for its own reason once before the test begins. */
  async function untilActive(): Promise<void> {
    const end = Date.now() + 60_000;
    for (const policy of policies) {
      const bad = placed(policy.spec.examples.bad[0]!.object, namespaceOf(policy));
      // What the server's own validation refuses never comes to a policy.
      const isActive = ({ kind, texts }: Said): boolean => kind !== 'accepted' && !texts.some((text) => /failed to configure|no params found/.test(text));
      while (!isActive(await serverVerdict(bad))) {
        if (Date.now() > end) throw new Error(`${policy.metadata.name} is not active`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** What the server says of a create: the refusal of a policy, or of its own validation as `FIELD: KIND`. */
  async function serverVerdict(object: KubeObject): Promise<Said> {
    const warnings: string[] = [];
    try {
      await kube.create(object, { dryRun: true, onWarning: (text) => warnings.push(text) });
      return { kind: 'accepted', texts: warnings.sort() };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const denial = /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([^]*)$/.exec(error.text);
      if (denial) return { kind: 'denied', texts: [`${denial[1]}: ${denial[2]}`] };
      if (error.status === 422) return { kind: 'invalid', texts: error.causes.map(problem).sort() };
      return { kind: 'unreadable', texts: [] };
    }
  }

  /** The same of an answer of the engine: the server asks its policies only about what its own validation let through. */
  function offlineVerdict({ verdicts, invalid, warnings, defaulted }: ObjectExamined): Said {
    if (invalid.length > 0 && defaulted === undefined) return { kind: 'unreadable', texts: [] };
    if (invalid.length > 0) return { kind: 'invalid', texts: invalid.map(problem).sort() };
    const [first] = verdicts;
    return first ? { kind: 'denied', texts: [`${first.policy}: ${first.message}`] } : { kind: 'accepted', texts: [...warnings].sort() };
  }

  /** Both verdicts on every object in a namespace, as lines. */
  async function compare(namespace: string): Promise<{ said: string[]; expected: string[]; kinds: Said['kind'][] }> {
    const line = (i: number, said: Said): string => `${namespace}: ${subjects[i]!.what}: ${JSON.stringify(said)}`;
    const theirs = await Promise.all(subjects.map(({ object }) => serverVerdict(placed(object, namespace))));
    return { said: offline.get(namespace)!.map((each, i) => line(i, offlineVerdict(each))), expected: theirs.map((each, i) => line(i, each)), kinds: theirs.map(({ kind }) => kind) };
  }

  it(`say the same offline and in it, each of ${subjects.length} objects`, async () => {
    expect(adversarial.length).toBeGreaterThanOrEqual(50);
    const kinds: Said['kind'][] = [];
    for (const policy of policies) {
      const { said, expected, kinds: found } = await compare(namespaceOf(policy));
      expect(said).toEqual(expected);
      expect(new Set(found), policy.metadata.name).toContain('accepted');
      kinds.push(...found);
    }
    expect(kinds.filter((kind) => kind === 'denied').length).toBeGreaterThan(200);
  }, 600_000);

  it('are not needed for what its own validation refuses, and warns of', async () => {
    const { said, expected, kinds } = await compare(free);
    expect(said).toEqual(expected);
    expect(kinds.filter((kind) => kind === 'invalid').length).toBeGreaterThan(5);
    expect(kinds.filter((kind) => kind === 'unreadable').length).toBeGreaterThan(0);
  });

  it('that are the Pod Security Standards refuse what its own Pod Security admission refuses', async () => {
    for (const level of levels) {
      const group = policies.filter(({ spec }) => spec.groups.includes(`pod-security-${level}`));
      const differing: string[] = [];
      let compared = 0;
      for (const [i, { what, object }] of subjects.entries()) {
        if (object.kind !== 'Pod' || offline.get(free)![i]!.invalid.length > 0) continue;
        compared++;
        const ours = group.filter((policy) => offline.get(namespaceOf(policy))![i]!.verdicts.length > 0).map(({ metadata }) => metadata.name);
        const theirs = await kube.create(placed(object, level), { dryRun: true }).then(() => '', (error: unknown) => (error instanceof ApiError ? error.text : String(error)));
        if (theirs !== '' && !theirs.includes('violates PodSecurity')) throw new Error(`${what}: ${theirs}`);
        if ((theirs === '') !== (ours.length === 0)) differing.push(`${what}: ours ${ours.join(', ')}, theirs ${theirs}`);
      }
      expect(differing, level).toEqual([]);
      expect(compared).toBeGreaterThan(60);
    }
  });
});

/** A problem by its field and kind: the engine is of a newer Kubernetes, which puts some details into other words. */
function problem({ field = '', message }: { field?: string; message: string }): string {
  return `${field}: ${message.replace(/:[^]*/, '')}`;
}

interface Said {
  kind: 'accepted' | 'denied' | 'invalid' | 'unreadable';
  texts: string[];
}
