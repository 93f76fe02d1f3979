import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { identifyProcess, livenessOf } from '../lib/process-identity.js';
import { clusterMark, endProcess, findMarked, memoryOf } from './processes.js';

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

async function start(code: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['-e', `${code}; setInterval(() => {}, 1000); console.log('up')`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  children.push(child);
  await once(child.stdout, 'data');
  return identifyProcess(child.pid)!;
}

test('a process that heeds SIGTERM ends at once', async () => {
  const identity = await start('0');
  expect(await endProcess(identity)).toBe(true);
  expect(livenessOf(identity)).toBe('dead');
});

test('a process that does not is killed after its time', async () => {
  const identity = await start("process.on('SIGTERM', () => {})");
  expect(await endProcess(identity, { termMs: 100 })).toBe(true);
  expect(livenessOf(identity)).toBe('dead');
});

test('a pid that belongs to another process by now is left alone', async () => {
  const identity = await start('0');
  expect(await endProcess({ ...identity, started: '1' })).toBe(true);
  expect(livenessOf(identity)).toBe('alive');
});

test.runIf(process.platform === 'linux')('processes that carry the mark of a cluster are found, and no others', async () => {
  const id = randomUUID();
  const marked = await start('0', { [clusterMark]: id });
  await start('0', { [clusterMark]: randomUUID() });
  expect(findMarked(id)).toEqual([marked]);
});

test.runIf(process.platform === 'linux')('memory is read for a process that runs and for no other', () => {
  expect(memoryOf(process.pid)?.resident).toBeGreaterThan(10_000_000);
  expect(memoryOf(2 ** 30)).toBeUndefined();
});
