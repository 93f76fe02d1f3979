import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identifyProcess, livenessOf } from './process-identity.js';

test('this process is alive under its own identity', () => {
  const self = identifyProcess()!;
  expect(self.pid).toBe(process.pid);
  expect(livenessOf(self)).toBe('alive');
});

test('the same pid with another start time is another process', () => {
  expect(livenessOf({ ...identifyProcess()!, started: '1' })).toBe('dead');
});

test('a process that ended is dead', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const identity = identifyProcess(child.pid)!;
  expect(livenessOf(identity)).toBe('alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(livenessOf(identity)).toBe('dead');
});

test('a process of another host cannot be judged', () => {
  expect(livenessOf({ ...identifyProcess()!, host: 'elsewhere.example' })).toBe('unknown');
});

test('a pid that nobody has gives no identity', () => {
  expect(identifyProcess(2 ** 30)).toBeUndefined();
});
