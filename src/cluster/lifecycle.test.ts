import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import {
  clusterProcesses,
  clustersFolder,
  clusterState,
  createCluster,
  deleteCluster,
  listClusters,
  readCluster,
  startCluster,
  stopCluster,
  type ClusterEvent,
  type ClusterRecord,
} from './index.js';
import { folderOf } from './folder.js';
import { findMarked } from './processes.js';
import { binaries, complete, eventually, kubectl, makeWorld, noCluster, type World } from './test-cluster.js';

describe.skipIf(!binaries)(`the life of embedded clusters${noCluster}`, () => {
  let world: World;
  let first: ClusterRecord;
  const create = (name: string, onProgress?: (event: ClusterEvent) => void) =>
    createCluster({ name, kubernetes: '1.36', binaries: binaries!, supervisor: world.supervisor, ...(onProgress ? { onProgress } : {}) });

  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(async () => {
    for (const { name } of listClusters()) await deleteCluster(name);
    world.remove();
  });

  test('two that create one cluster at once get the same one, and the second says that it waits', async () => {
    const told: ClusterEvent[] = [];
    const [one, other] = await Promise.all([create('first', (event) => told.push(event)), create('first', (event) => told.push(event))]);
    expect(other).toEqual(one);
    expect(told.filter((event) => event.type === 'step' && event.text.startsWith('waiting for process'))).toHaveLength(1);
    first = one;
    await complete(first);
    expect(await kubectl(first, 'get', 'nodes', '-o', 'name')).toBe('node/worker-1\nnode/worker-2\nnode/worker-3');
    expect(await kubectl(first, 'config', 'current-context')).toBe('mostik-first');
    expect(clusterState('first')).toBe('running');
  });

  test('nobody but the user may read the kubeconfig and the keys', () => {
    expect(statSync(first.folder).mode & 0o777).toBe(0o700);
    for (const file of [first.kubeconfig, join(first.folder, 'pki', 'ca.key'), join(first.folder, 'cluster.json')]) expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('an API server that is killed comes back', async () => {
    await kubectl(first, 'create', 'configmap', 'kept', '--from-literal=a=1');
    const before = clusterProcesses('first').find(({ name }) => name === 'kube-apiserver')!;
    process.kill(before.pid, 'SIGKILL');
    const after = await eventually(
      () => clusterProcesses('first').find(({ name }) => name === 'kube-apiserver')!,
      ({ alive, pid }) => alive && pid !== before.pid,
    );
    expect(after).toMatchObject({ restarts: 1, lastEnd: 'SIGKILL' });
    await eventually(() => kubectl(first, 'get', 'configmap', 'kept', '-o', 'name').catch(() => ''), (text) => text === 'configmap/kept');
  });

  test('after everything was killed, start brings all data back and leaves no process from before', async () => {
    const before = clusterProcesses('first');
    for (const { pid } of before) process.kill(pid, 'SIGKILL');
    await eventually(() => findMarked(first.id), (left) => left.length === 0);
    // A process that ends loses its marks a moment before it is gone.
    await eventually(() => clusterState('first'), (state) => state === 'stopped');
    const started = await startCluster('first', { supervisor: world.supervisor });
    expect(started.ports).toEqual(first.ports);
    expect(await kubectl(started, 'get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).toBe('1');
  });

  test('components that outlive a killed supervisor are ended before others are started', async () => {
    const [supervisor, ...components] = clusterProcesses('first');
    process.kill(supervisor!.pid, 'SIGKILL');
    await eventually(() => clusterState('first'), (state) => state === 'stopped');
    expect(findMarked(first.id).map(({ pid }) => pid)).toContain(components[0]!.pid);
    await startCluster('first', { supervisor: world.supervisor });
    await eventually(() => clusterState('first'), (state) => state === 'running');
    const pids = new Set(clusterProcesses('first').map(({ pid }) => pid));
    for (const { pid } of components) expect(pids.has(pid)).toBe(false);
    expect(findMarked(first.id)).toHaveLength(pids.size);
  });

  test('a second cluster lives beside the first and is not touched by its stop', async () => {
    const second = await create('second');
    await complete(second);
    expect(await stopCluster('first')).toBe(true);
    expect(findMarked(first.id)).toEqual([]);
    expect(clusterState('first')).toBe('stopped');
    expect(await stopCluster('first')).toBe(false);
    expect(await kubectl(second, 'get', 'nodes', '-o', 'name')).toContain('node/worker-1');
    expect(listClusters().map(({ name }) => name)).toEqual(['first', 'second']);
    expect(await deleteCluster('second')).toBe(true);
    expect(findMarked(second.id)).toEqual([]);
  });

  test('a port that somebody took meanwhile is replaced, with a warning that names who', async () => {
    const thief = createServer().listen(first.ports.api, '127.0.0.1');
    await once(thief, 'listening');
    try {
      const told: ClusterEvent[] = [];
      const started = await startCluster('first', { supervisor: world.supervisor, onProgress: (event) => told.push(event) });
      expect(started.ports.api).not.toBe(first.ports.api);
      expect(readCluster('first')?.ports).toEqual(started.ports);
      const [warning] = told.flatMap((event) => (event.type === 'warning' ? [event.diagnostic] : []));
      expect(warning?.message).toContain(`port ${first.ports.api} (API server) is taken by`);
      expect(warning?.message).toContain(`(process ${process.pid})`);
      expect(readFileSync(started.kubeconfig, 'utf8')).toContain(`https://127.0.0.1:${started.ports.api}`);
      expect(await kubectl(started, 'get', 'configmap', 'kept', '-o', 'name')).toBe('configmap/kept');
    } finally {
      thief.close();
    }
  });

  test('more nodes declared for a cluster that runs are there without a restart', async () => {
    await eventually(() => clusterState('first'), (state) => state === 'running');
    const before = clusterProcesses('first').map(({ pid }) => pid);
    const nodes = [{ name: 'big', count: 2, cpu: 32, memory: '64Gi', pods: 50, gpus: 4, labels: { size: 'big' }, taints: [] }];
    const grown = await createCluster({ name: 'first', nodes, binaries: binaries!, supervisor: world.supervisor });
    await complete(grown);
    const allocatable = JSON.parse(await kubectl(grown, 'get', 'node', 'big-2', '-o', 'jsonpath={.status.allocatable}')) as unknown;
    expect(allocatable).toEqual({ cpu: '32', memory: '64Gi', pods: '50', 'ephemeral-storage': '100Gi', 'nvidia.com/gpu': '4' });
    expect(clusterProcesses('first').map(({ pid }) => pid)).toEqual(before);
  });

  test('another version for a cluster that is there is refused', async () => {
    await expect(createCluster({ name: 'first', kubernetes: '1.35', binaries: binaries!, supervisor: world.supervisor })).rejects.toThrow(
      /it serves Kubernetes 1\.36; 1\.35 was asked for/,
    );
  });

  test('delete leaves no process and no file', async () => {
    expect(await deleteCluster('first')).toBe(true);
    expect(findMarked(first.id)).toEqual([]);
    expect(existsSync(folderOf('first').root)).toBe(false);
    expect(existsSync(join(clustersFolder(), '.first.lock'))).toBe(false);
    expect(await deleteCluster('first')).toBe(false);
  });

  test('an older minor version is served when asked for, and a component that does not start is told', async () => {
    const older = await createCluster({ name: 'older', kubernetes: '1.34', binaries: binaries!, supervisor: world.supervisor, throwAway: true });
    expect(JSON.parse(await kubectl(older, 'get', '--raw', '/version'))).toMatchObject({ emulationMajor: '1', emulationMinor: '34' });
    await stopCluster('older');
    await startCluster('older', { supervisor: world.supervisor, binaries: { ...binaries!, render: '/bin/false' } });
    const agent = await eventually(() => clusterProcesses('older').find(({ name }) => name === 'node-agent'), (found) => (found?.restarts ?? 0) > 1);
    expect(agent?.lastEnd).toBe('exit code 1');
    await eventually(() => clusterState('older'), (state) => state === 'degraded');
  });

  test('a database that cannot be opened is named with the reason from its log, and nothing is left running', async () => {
    const { folder, id } = readCluster('older')!;
    await stopCluster('older');
    writeFileSync(join(folder, 'etcd', 'member', 'snap', 'db'), 'not a database');
    await expect(startCluster('older', { supervisor: world.supervisor, binaries: binaries! })).rejects.toThrow(/Cluster older: etcd does not start: .+/);
    expect(findMarked(id)).toEqual([]);
  });

  test('a create that is interrupted leaves nothing running, and the next one goes on', async () => {
    const stop = new AbortController();
    const onProgress = (event: ClusterEvent) => event.type === 'step' && event.text.startsWith('starting') && setTimeout(() => stop.abort(), 300);
    const options = { name: 'cut', binaries: binaries!, supervisor: world.supervisor };
    await expect(createCluster({ ...options, signal: stop.signal, onProgress })).rejects.toThrow(/abort/i);
    const { id } = readCluster('cut')!;
    expect(findMarked(id)).toEqual([]);
    expect((await createCluster(options)).id).toBe(id);
  });

  test('start and stop of a cluster that is not there say so', async () => {
    await expect(startCluster('nowhere')).rejects.toThrow(MostikError);
    await expect(stopCluster('nowhere')).rejects.toThrow(/there is no embedded cluster of this name/);
  });
});
