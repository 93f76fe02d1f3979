import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPostgres, postgresMissing, type TestPostgres } from '../../for-tests/postgres.js';
import { serve, type TestService } from '../../for-tests/running-service.js';
import { visits } from './visits.js';

const patient = { timeout: 45_000, interval: 25 };
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe.skipIf(postgresMissing)(`microservice2 with its database (${postgresMissing ?? 'real PostgreSQL'})`, { timeout: 60_000 }, () => {
  let postgres: TestPostgres;
  let service: TestService;

  beforeAll(async () => {
    postgres = await createPostgres();
    // A busy machine must not turn a slow answer into an outage here.
    service = await serve(visits, { ...postgres.settings, connectTimeoutMs: 20_000, queryTimeoutMs: 20_000 });
    await vi.waitFor(async () => expect((await service.get('/health')).body).toMatchObject({ database_connected: true }), patient);
  }, 120_000);

  afterAll(async () => {
    await service?.stop();
    await postgres?.remove();
  });

  test('visits of one visitor are counted together', async () => {
    expect(await service.post('/api/service2', { visitor: 'Ada' })).toMatchObject({ status: 201, body: { visitor: 'Ada', visits: 1, at: moment } });
    await service.post('/api/service2', { visitor: 'Grace' });
    expect(await service.post('/api/service2', { visitor: 'Ada' })).toMatchObject({ status: 201, body: { visitor: 'Ada', visits: 2 } });
    expect((await service.get('/api/service2')).body).toEqual({
      service: 'microservice2',
      total: 2,
      items: [{ visitor: 'Ada', visits: 2, at: moment }, { visitor: 'Grace', visits: 1, at: moment }],
    });
  });

  test('no visit is lost when many arrive at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => service.post('/api/service2', { visitor: 'Crowd' })));
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect((await service.get('/api/service2')).body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ visitor: 'Crowd', visits: 40 })]) });
  });

  test('the other service is not here', async () => {
    expect(await service.get('/api/service1')).toMatchObject({ status: 404 });
  });
});
