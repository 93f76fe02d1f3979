import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearse/schema.js';
import { makeHome, noEngine, type Home } from './mostik.js';
import { shop } from './rehearse-shop.js';

/** What others run in the cluster: 12 of its 16 GiB, a resource with its operator, and secrets. */
const neighbours = `apiVersion: v1
kind: Namespace
metadata: { name: other }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: gadgets.example.org }
spec:
  group: example.org
  names: { kind: Gadget, plural: gadgets }
  scope: Namespaced
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer, maximum: 5 } } } } } } }]
---
apiVersion: v1
kind: Secret
metadata: { name: tls, namespace: other }
type: kubernetes.io/tls
stringData: { tls.crt: THE-REAL-CERTIFICATE, tls.key: THE-REAL-KEY }
---
apiVersion: v1
kind: Secret
metadata: { name: pull, namespace: other }
type: kubernetes.io/dockerconfigjson
stringData: { .dockerconfigjson: '{"auths":{"registry.example.org":{"auth":"VEhFLVJFQUwtVE9LRU4="}}}' }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: big, namespace: other }
spec:
  replicas: 2
  selector: { matchLabels: { app: big } }
  template:
    metadata: { labels: { app: big } }
    spec:
      containers: [{ name: big, image: big, resources: { requests: { memory: 6Gi } }, volumeMounts: [{ name: tls, mountPath: /tls }] }]
      volumes: [{ name: tls, secret: { secretName: tls } }]
---
apiVersion: v1
kind: Pod
metadata: { name: bare, namespace: other }
spec: { containers: [{ name: bare, image: bare }] }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: foreign }
webhooks: [{ name: foreign.example.org, failurePolicy: Fail, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: x, namespace: other } }, rules: [{ apiGroups: [nothing.example.org], apiVersions: [v1], operations: [CREATE], resources: [things] }] }]
`;

describe.skipIf(noEngine)('a rehearsal beside copies of the live cluster', () => {
  let home: Home;
  let dir: string;
  const kubectl = (...args: string[]): ReturnType<Home['mostik']> => home.mostik(['kubectl', '--cluster', 'shop', '--', ...args]);
  beforeAll(async () => {
    home = makeHome();
    dir = home.write('shop', { ...shop, 'neighbours.yaml': neighbours, 'gadget.yaml': 'apiVersion: example.org/v1\nkind: Gadget\nmetadata: { name: one, namespace: other }\nspec: { size: 3 }\n' });
    const { code, stdout, stderr } = await home.mostik(['up', dir]);
    expect(code, stdout + stderr).toBe(0);
    for (const file of ['neighbours.yaml', 'gadget.yaml']) {
      const applied = await kubectl('apply', '-f', join(dir, file));
      expect(applied.code, applied.stderr).toBe(0);
      if (file === 'neighbours.yaml') await kubectl('wait', '--for=condition=Established', 'crd/gadgets.example.org');
    }
    expect((await kubectl('label', 'node/worker-2', 'disk=fast')).code).toBe(0);
    expect((await kubectl('patch', 'deployment/api-gateway', '-n', 'shop', '--type=merge', '-p', '{"spec":{"replicas":3}}')).code).toBe(0);
    expect((await kubectl('rollout', 'status', 'deployment/big', '-n', 'other', '--timeout=120s')).code).toBe(0);
  });
  afterAll(async () => { await home.remove(); });

  const rehearse = async (...args: string[]): Promise<{ code: number; report: Rehearsal; outputs: string }> => {
    const file = join(home.folder, 'live.json');
    const ended = await home.mostik(['rehearse', dir, '--from-live', '--timeout', '240s', '--report', file, ...args]);
    const json = readFileSync(file, 'utf8');
    return { code: ended.code, report: JSON.parse(json) as Rehearsal, outputs: ended.stdout + ended.stderr + json };
  };

  it('finds the plan that the live cluster would find: what others own is still theirs', async () => {
    const planned = JSON.parse((await home.mostik(['plan', dir, '-o', 'json'])).stdout) as { counts: Record<string, number> };
    const { code, report } = await rehearse();
    expect(report.counts).toEqual(planned.counts);
    expect(code).toBe(1);
    expect(report.problems.map(({ message }) => message)).toEqual(['Deployment/shop/api-gateway: spec.replicas is owned by kubectl-patch']);
    expect(report).toMatchObject({ base: { kind: 'live', generation: 1, ready: true }, nodes: { from: 'live', names: ['worker-1', 'worker-2'] } });
    expect(report.notExercised.map(({ what }) => what)).toEqual(expect.arrayContaining(['ValidatingWebhookConfiguration/foreign', 'controllers of example.org', 'placement of copied pods']));
  });

  it('meets the room that others take, and tells no value of any Secret', async () => {
    writeFileSync(join(dir, 'room.yaml'), (shop['orchestrator.yaml'] ?? '').replace('memory: 64Mi', 'memory: 3Gi'));
    writeFileSync(join(dir, 'room.overlay.yaml'), 'components:\n  orchestrator: { manifests: [room.yaml] }\n');
    const { code, report, outputs } = await rehearse('-f', join(dir, 'room.overlay.yaml'), '--take-over', 'kubectl-patch', '--keep');
    expect(code).toBe(1);
    expect(report.problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^orchestrator is not ready because .*no node takes it: 0\/2 nodes are available: 2 Insufficient memory$/)]);
    for (const value of ['THE-REAL-CERTIFICATE', 'THE-REAL-KEY', 'VEhFLVJFQUwtVE9LRU4=']) expect(outputs).not.toContain(value);
    const name = /--cluster (rehearse-\w+)/.exec(outputs)?.[1] ?? '';
    const inside = await home.mostik(['kubectl', '--cluster', name, '--', 'get', 'secrets,gadgets,nodes,pods', '-A', '-o', 'yaml']);
    expect(inside.stdout).not.toMatch(/THE-REAL|VEhFLVJFQUw/);
    expect(inside.stdout).toMatch(/disk: fast/);
    expect(inside.stdout).toMatch(/size: 3/);
    expect(inside.stdout).toMatch(/name: bare/);
    expect((await home.mostik(['cluster', 'delete', name, '--yes'])).code).toBe(0);
  });

  it('needs the cluster, and one start', async () => {
    expect((await home.mostik(['rehearse', dir, '--from-live', '--from', 'nothing'])).code).toBe(3);
    await home.mostik(['cluster', 'stop', 'shop']);
    const stopped = await home.mostik(['rehearse', dir, '--from-live']);
    expect(stopped.code, stopped.stderr).not.toBe(0);
    expect(stopped.stderr).toContain('cluster shop');
  });
});
