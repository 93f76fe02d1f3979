import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, request, type ClientRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../for-tests/postgres.js';

const patient = { timeout: 45_000, interval: 25 };
const folder = fileURLToPath(new URL('..', import.meta.url));

interface Process {
  child: ChildProcess;
  port: number;
  lines(): Record<string, unknown>[];
  ended: Promise<number | null>;
}

async function run(service: string, environment: Record<string, string> = {}): Promise<Process> {
  const port = Number(environment.PORT ?? (await freePort()));
  const child = spawn(process.execPath, [`dist/${service}/src/app.js`], { cwd: folder, env: { HOST: '127.0.0.1', PORT: String(port), ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  const lines = (): Record<string, unknown>[] => output.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return { child, port, lines, ended };
}

/** Sends the first part of a body and returns when the service must have read it: it has answered a later request. */
async function sendPart(sending: ClientRequest, part: string, { port }: Process): Promise<void> {
  await new Promise((resolve) => sending.write(part, resolve));
  await fetch(`http://127.0.0.1:${port}/health`);
}

const started = ({ lines }: Process) => expect.poll(() => lines().map(({ message }) => message), patient).toContain('service started');

describe('the service as a process, built as in its image', { timeout: 60_000 }, () => {
  beforeAll(() => {
    const { status, stdout } = spawnSync('npm', ['run', 'build'], { cwd: folder, encoding: 'utf8' });
    expect(stdout, 'the build').not.toContain('error');
    expect(status).toBe(0);
    expect(existsSync(`${folder}dist/microservice1/src/app.js`)).toBe(true);
  }, 120_000);

  test.each(['microservice1', 'microservice2'])('%s starts, answers, and ends with 0 on SIGTERM', async (service) => {
    const running = await run(service);
    await started(running);
    expect((await fetch(`http://127.0.0.1:${running.port}/health`)).status).toBe(200);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(running.lines().map(({ level, service: name, message }) => `${level} ${name} ${message}`)).toEqual([
      `info ${service} service started`, `info ${service} stopping`, `info ${service} service stopped`,
    ]);
  });

  test('a request under way is finished before the end', async () => {
    const running = await run('microservice1', { DB_HOST: '127.0.0.1', DB_PORT: '1', DB_NAME: 'n', DB_USER: 'u', DB_PASSWORD: 'p' });
    await started(running);
    const slow = request(`http://127.0.0.1:${running.port}/api/service1`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '12' } });
    const answered = once(slow, 'response');
    await sendPart(slow, '{"text":', running);
    running.child.kill('SIGTERM');
    await expect.poll(() => running.lines().map(({ message }) => message), patient).toContain('stopping');
    slow.end('"x"}');
    const [response] = await answered;
    expect(response.statusCode).toBe(503);
    expect(response.headers.connection).toBe('close');
    response.resume();
    expect(await running.ended).toBe(0);
  });

  test('a request that never ends does not hold up the end for longer than the shutdown timeout', async () => {
    const running = await run('microservice1', { SHUTDOWN_TIMEOUT_MS: '300' });
    await started(running);
    const stuck = request(`http://127.0.0.1:${running.port}/api/service1`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '12' } });
    stuck.on('error', () => undefined);
    await sendPart(stuck, '{', running);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  });

  test('a database that is down does not keep the service from starting, and every attempt is a line on stdout', async () => {
    const port = await freePort();
    const running = await run('microservice1', { DB_HOST: '127.0.0.1', DB_PORT: String(port), DB_NAME: 'n', DB_USER: 'u', DB_PASSWORD: 'do-not-print', DB_RETRY_BASE_MS: '20' });
    await started(running);
    await expect.poll(() => running.lines().filter(({ message }) => message === 'database is away').length, patient).toBeGreaterThan(2);
    expect(running.lines().find(({ level }) => level === 'error')).toEqual({
      time: expect.any(String), level: 'error', service: 'microservice1', message: 'database is away',
      reason: `PostgreSQL at 127.0.0.1:${port}: nothing listens there (ECONNREFUSED).`, attempt: 1, nextAttemptMs: expect.any(Number),
    });
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(JSON.stringify(running.lines())).not.toContain('do-not-print');
  });

  test('settings that cannot be used end the process at once, each with its line', async () => {
    const running = await run('microservice2', { PORT: '99999', DB_HOST: 'db' });
    expect(await running.ended).toBe(1);
    expect(running.lines().map(({ level, problem }) => `${level}: ${problem}`)).toEqual([
      'error: PORT: expected a whole number from 0 to 65535, got "99999".',
      'error: DB_NAME: is missing. DB_HOST is set, so DB_NAME, DB_USER and DB_PASSWORD are needed too.',
      'error: DB_USER: is missing. DB_HOST is set, so DB_NAME, DB_USER and DB_PASSWORD are needed too.',
      'error: DB_PASSWORD: is missing. DB_HOST is set, so DB_NAME, DB_USER and DB_PASSWORD are needed too.',
    ]);
  });

  test('a port that is taken is said', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const running = await run('microservice1', { PORT: String(port) });
    expect(await running.ended).toBe(1);
    expect(running.lines()).toMatchObject([{ level: 'error', message: 'start failed', code: 'EADDRINUSE', error: `listen EADDRINUSE: address already in use 127.0.0.1:${port}` }]);
  });
});
