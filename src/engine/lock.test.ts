import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identifyProcess } from '../lib/process-identity.js';
import { describeHolder, holderOf, takeLock, type Holder } from './lock.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mostik-lock-'));
  path = join(folder, 'lock');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a lock is held until it is released, and the one who waits is told who holds it', async () => {
  const first = await takeLock(path);
  const holders: (Holder | undefined)[] = [];
  const second = takeLock(path, { pollMs: 5, onWait: (holder) => holders.push(holder) });
  await expect.poll(() => holders.length).toBeGreaterThan(1);
  expect(describeHolder(holders[0])).toMatch(new RegExp(`^process ${process.pid} on `));
  first.release();
  (await second).release();
  expect(existsSync(path)).toBe(false);
});

test('of many who ask at once, one at a time holds it', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    const lock = await takeLock(path, { pollMs: 1 });
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside--;
    lock.release();
  };
  await Promise.all(Array.from({ length: 20 }, work));
  expect(most).toBe(1);
});

test('the lock of a dead process is taken over, and what it started is handed on', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const dead: Holder = { process: identifyProcess(child.pid)!, since: new Date().toISOString(), child: identifyProcess()! };
  writeFileSync(path, JSON.stringify(dead));
  expect(holderOf(path)).toEqual(dead);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const taken: Holder[] = [];
  const lock = await takeLock(path, { onTakeOver: (holder) => taken.push(holder) });
  expect(taken).toEqual([dead]);
  lock.release();
});

test('a lock of another host stands while it is touched, and falls after a minute of silence', async () => {
  const elsewhere: Holder = { process: { ...identifyProcess()!, host: 'elsewhere.example' }, since: '2026-01-01T10:00:00.000Z' };
  writeFileSync(path, JSON.stringify(elsewhere));
  await expect(takeLock(path, { pollMs: 5, signal: AbortSignal.timeout(50) })).rejects.toThrow();
  const past = new Date(Date.now() - 61_000);
  utimesSync(path, past, past);
  (await takeLock(path)).release();
});

test('a lock file that stayed empty belongs to nobody', async () => {
  writeFileSync(path, '');
  await expect(takeLock(path, { pollMs: 5, signal: AbortSignal.timeout(50) })).rejects.toThrow();
  const past = new Date(Date.now() - 6_000);
  utimesSync(path, past, past);
  (await takeLock(path)).release();
});
