import { expect, test } from 'vitest';
import { clusterListText, clusterStatusText, type ClusterView } from './cluster-human.js';
import { doctorText } from './doctor-human.js';
import { engineStatusText, removedText } from './engine-human.js';
import type { ListedK3d } from './k3d.js';
import { plainLook } from './look.js';
import { golden } from './sample-plan.js';

const cluster: ClusterView = {
  name: 'shop',
  state: 'degraded',
  kubernetes: '1.36',
  release: 'v1.36.3',
  createdAt: '2026-03-01T10:00:00Z',
  server: 'https://127.0.0.1:40001',
  nodes: [{ name: 'worker', count: 3, cpu: 4, memory: '16Gi', pods: 110, gpus: 1, labels: {}, taints: [] }],
  nodeCount: 3,
  kubeconfig: '/state/shop/kubeconfig',
  context: 'mostik-shop',
  folder: '/state/shop',
  audit: false,
  processes: [
    { name: 'supervisor', pid: 10, alive: true, restarts: 0, memory: { resident: 60_000_000, own: 40_000_000 } },
    { name: 'etcd', pid: 11, alive: false, restarts: 2, lastEnd: 'exit code 2' },
  ],
};

const now = Date.parse('2026-03-01T12:30:00Z');

test('clusters are listed with state, version, nodes and age, and named as simulated', () => {
  expect(clusterListText({ embedded: [cluster, { ...cluster, name: 'b', state: 'stopped' }], k3d: [] }, plainLook, now)).toBe(
    golden(`
      NAME  PROVIDER  STATE       KUBERNETES  NODES    AGE  API SERVER
      shop  embedded  ✗ degraded  v1.36.3         3  2h30m  https://127.0.0.1:40001
      b     embedded  ○ stopped   v1.36.3         3  2h30m  https://127.0.0.1:40001
      nodes are simulated: containers do not run
    `),
  );
});

test('those of k3d stand below, with what k3d tells of them', () => {
  const k3d: ListedK3d = { name: 'ml', state: 'running', servers: { running: 2, count: 2 }, agents: { running: 2, count: 2 }, foreign: false, context: 'k3d-ml' };
  expect(clusterListText({ embedded: [cluster], k3d: [k3d, { ...k3d, name: 'x', state: 'stopped', foreign: true }] }, plainLook, now)).toBe(
    golden(`
      NAME  PROVIDER  STATE       KUBERNETES  NODES    AGE  API SERVER
      shop  embedded  ✗ degraded  v1.36.3         3  2h30m  https://127.0.0.1:40001
      ml    k3d       ✓ running                   4
      x     k3d       ○ stopped                   4         not made by Mostik
    `),
  );
});

test('a cluster is shown with its processes and how to use it', () => {
  expect(clusterStatusText(cluster, plainLook)).toBe(
    golden(`
      shop  ✗ degraded
      nodes are simulated: containers do not run
      kubernetes  v1.36.3
      api server  https://127.0.0.1:40001
      nodes       3 worker (4 CPU, 16Gi, 1 GPU)
      kubeconfig  /state/shop/kubeconfig (context mostik-shop)
      folder      /state/shop

      PROCESS     STATE    PID  MEMORY  RESTARTS  LAST END
      supervisor  ✓ runs    10   40 MB         0
      etcd        ✗ ended   11                 2  exit code 2
      40 MB in all

      Use it with: mostik kubectl --cluster shop -- get nodes
    `),
  );
});

test('engines are shown with their sources, and what the cache could do without', () => {
  const engines = [
    { name: 'render' as const, file: 'mostik-render', engine: { name: 'render' as const, path: '/cache/render-1/mostik-render', source: 'cache' as const, version: 'helm v4.3.1' }, madeBy: undefined, sources: [{ source: 'cache' as const, ready: true, detail: '/cache/render-1/mostik-render' }] },
    { name: 'cluster' as const, file: 'mostik-cluster', engine: undefined, madeBy: 'process 12', sources: [{ source: 'go' as const, ready: false, detail: 'no go in PATH' }] },
  ];
  const cached = [{ key: 'render-0', folder: '/cache/render-0', bytes: 39_400_000, version: '', madeFrom: 'go' as const, current: false }];
  expect(engineStatusText(engines, cached, plainLook)).toBe(
    golden(`
      render  ✓ ready  helm v4.3.1  cache
        /cache/render-1/mostik-render
        cache  ✓ /cache/render-1/mostik-render

      cluster  ○ not there yet: it is got at its first use
        being made by process 12
        go  ○ no go in PATH

      CACHE      SIZE  FROM  STATE  VERSION
      render-0  39 MB  go    old

      Free the space of old ones with: mostik engine remove
    `),
  );
  expect(removedText(cached)).toBe('removed render-0 (39 MB)\n39 MB freed');
});

test('doctor says what is missing and the way out', () => {
  const findings = [
    { name: 'node', state: 'ok' as const, detail: 'v20.20.2' },
    { name: 'go', state: 'warning' as const, detail: 'not found', todo: 'install Go' },
    { name: 'state folder', state: 'failed' as const, detail: '/x cannot be written', todo: 'make it writable' },
  ];
  expect(doctorText(findings, plainLook)).toBe(
    golden(`
      ✓ ok       node          v20.20.2
      ▲ warning  go            not found
                               → install Go
      ✗ failed   state folder  /x cannot be written
                               → make it writable

      ✗ 1 failed
    `),
  );
});
