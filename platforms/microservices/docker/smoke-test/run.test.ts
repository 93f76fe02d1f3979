import { expect, onTestFinished, test } from 'vitest';
import { freePort, testSettings } from '../for-tests/postgres.js';
import { serve } from '../for-tests/running-service.js';
import { notes } from '../microservice1/src/notes.js';
import { visits } from '../microservice2/src/visits.js';
import { runSmokeTest } from './run.js';
import { readTargets } from './targets.js';

async function run(targets: Parameters<typeof runSmokeTest>[0]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await runSmokeTest(targets, { deadlineMs: 300, write: (line) => lines.push(line) }), lines };
}

test('services that are as they should be pass', async () => {
  const services = [await serve(notes), await serve(visits)];
  onTestFinished(async () => void (await Promise.all(services.map((service) => service.stop()))));
  const targets = services.map(({ url }, index) => ({ name: `microservice${index + 1}`, url, database: false }));
  const { code, lines } = await run(targets);
  expect(code).toBe(0);
  expect(lines.sort()).toEqual(targets.map(({ name, url }) => `ok      ${name}: ${url}/health is well`));
});

test('a service whose database is away fails, in its own words', async () => {
  const port = await freePort();
  const service = await serve(notes, testSettings(port));
  onTestFinished(service.stop);
  const { code, lines } = await run([{ name: 'microservice1', url: service.url, database: true }]);
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^failed {2}microservice1: http:\S+\/health answered \{.*"status":"degraded","database_connected":false.*\} \(attempts: \d+\)$/)]);
});

test('a service that is not there fails, and one that is well beside it is told too', async () => {
  const port = await freePort();
  const service = await serve(visits);
  onTestFinished(service.stop);
  const { code, lines } = await run([{ name: 'gone', url: `http://127.0.0.1:${port}`, database: false }, { name: 'here', url: service.url, database: false }]);
  expect(code).toBe(1);
  expect(lines.sort()).toEqual([expect.stringContaining(`failed  gone: http://127.0.0.1:${port}/health does not answer: connect ECONNREFUSED`), `ok      here: ${service.url}/health is well`]);
});

test.each([undefined, '[]', '{}', '[{"name":"x"}]'])('targets written as %s are refused', (json) => {
  expect(() => readTargets(json)).toThrow(/^SMOKE_TARGETS: expected /);
});
