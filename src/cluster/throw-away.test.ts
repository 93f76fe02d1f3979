import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identifyProcess } from '../lib/process-identity.js';
import { clusterProcesses, createCluster, deleteCluster, deleteOrphans, keepCluster, listClusters, readCluster, throwAwayName, type ClusterRecord } from './index.js';
import { folderOf } from './folder.js';
import { findMarked } from './processes.js';
import { binaries, complete, eventually, kubectl, makeWorld, noCluster, type World } from './test-cluster.js';

describe.skipIf(!binaries)(`clusters that live for one process${noCluster}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(async () => {
    for (const { name } of listClusters()) await deleteCluster(name);
    world.remove();
  });

  /** A cluster owned by a process that only sleeps, and what ends that process. */
  const owned = async (): Promise<{ record: ClusterRecord; endOwner: () => Promise<void> }> => {
    const owner = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await once(owner, 'spawn');
    const record = await createCluster({ name: throwAwayName(), binaries: binaries!, supervisor: world.supervisor, throwAway: true, webhooks: false, owner: identifyProcess(owner.pid)! });
    return { record, endOwner: async () => { const ended = once(owner, 'exit'); owner.kill('SIGKILL'); await ended; } };
  };

  test('end by themselves when their owner is killed, and leave neither process nor folder', async () => {
    const { record, endOwner } = await owned();
    await eventually(() => findMarked(record.id).length, (count) => count > 4);
    await endOwner();
    await eventually(() => findMarked(record.id).length + Number(existsSync(record.folder)), (left) => left === 0);
  });

  test('are swept up when their supervisor was killed as well', async () => {
    const { record, endOwner } = await owned();
    process.kill(clusterProcesses(record.name).find(({ name }) => name === 'supervisor')!.pid, 'SIGKILL');
    expect(await deleteOrphans()).toEqual([]);
    await endOwner();
    expect(await deleteOrphans()).toEqual([record.name]);
    expect(findMarked(record.id)).toEqual([]);
    expect(existsSync(record.folder)).toBe(false);
  });

  test('are swept up when their owner died while it made them', async () => {
    const { root } = folderOf(throwAwayName());
    mkdirSync(root);
    await deleteOrphans();
    expect(existsSync(root)).toBe(false);
  });

  test('call no webhook, and live on when they are kept', async () => {
    const { record, endOwner } = await owned();
    await complete(record);
    keepCluster(record.name);
    await endOwner();
    const hook = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'nobody' }, webhooks: [{ name: 'nobody.example.org', failurePolicy: 'Fail', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig: { service: { name: 'nobody', namespace: 'default' } }, rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }] }] };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [hook] });
    writeFileSync(`${record.folder}/hook.json`, list);
    await kubectl(record, 'apply', '-f', `${record.folder}/hook.json`);
    await kubectl(record, 'create', 'configmap', 'admitted');
    expect(await deleteOrphans()).toEqual([]);
    expect(readCluster(record.name)?.owner).toBeUndefined();
  });
});
