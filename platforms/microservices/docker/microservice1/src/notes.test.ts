import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPostgres, postgresMissing, type TestPostgres } from '../../for-tests/postgres.js';
import { serve, type TestService } from '../../for-tests/running-service.js';
import { notes } from './notes.js';

const patient = { timeout: 45_000, interval: 25 };
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe.skipIf(postgresMissing)(`microservice1 with its database (${postgresMissing ?? 'real PostgreSQL'})`, { timeout: 60_000 }, () => {
  let postgres: TestPostgres;
  let service: TestService;
  const health = async (): Promise<unknown> => (await service.get('/health')).body;

  beforeAll(async () => {
    postgres = await createPostgres();
    service = await serve(notes, postgres.settings);
    await vi.waitFor(async () => expect(await health()).toMatchObject({ database_connected: true }), patient);
  }, 120_000);

  afterAll(async () => {
    await service?.stop();
    await postgres?.remove();
  });

  test('/health answers exactly the four fields', async () => {
    expect(await service.get('/health')).toMatchObject({ status: 200 });
    expect(await health()).toEqual({ timestamp: moment, status: 'ok', database_connected: true, message: 'The database is connected.' });
  });

  test('/db-status tells the version, the tables and when it looked', async () => {
    const { rows } = await postgres.run('SHOW server_version');
    expect((await service.get('/db-status')).body).toEqual({
      connected: true, version: rows[0].server_version, tables_count: 2, last_check: moment, message: 'The database is connected.',
    });
  });

  test('a note is stored, and the newest comes first', async () => {
    const first = await service.post('/api/service1', { text: '  first  ' });
    expect(first).toMatchObject({ status: 201, body: { id: 1, text: 'first', at: moment } });
    await service.post('/api/service1', { text: "'; DROP TABLE notes; --" });
    const { status, body } = await service.get('/api/service1');
    expect(status).toBe(200);
    expect(body).toEqual({
      service: 'microservice1',
      total: 2,
      items: [{ id: 2, text: "'; DROP TABLE notes; --", at: moment }, { id: 1, text: 'first', at: moment }],
    });
  });

  test('the list stays short, the total does not', async () => {
    await postgres.run("INSERT INTO notes (text) SELECT 'note ' || n FROM generate_series(1, 100) n");
    const { body } = await service.get('/api/service1');
    expect(body).toMatchObject({ total: 102, items: { length: 20 } });
  });

  test('without its database the service answers, says what is wrong, and finds the way back with all notes', async () => {
    await postgres.stop();
    const { settings: { port } } = postgres;
    // Before that, it may have met the server while it was shutting down.
    await expect.poll(health, patient).toMatchObject({
      status: 'degraded', database_connected: false,
      message: `PostgreSQL at 127.0.0.1:${port}: nothing listens there (ECONNREFUSED). The service answers without it and keeps trying.`,
    });
    expect(await service.get('/health')).toMatchObject({ status: 200 });
    expect((await service.get('/db-status')).body).toMatchObject({ connected: false, version: null, tables_count: 0 });
    expect(await service.get('/')).toMatchObject({ status: 200 });

    for (const refused of [await service.get('/api/service1'), await service.post('/api/service1', { text: 'lost' })]) {
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('5');
      expect(refused.body).toEqual({ error: { code: 'database_unavailable', message: `PostgreSQL at 127.0.0.1:${port}: nothing listens there (ECONNREFUSED).` } });
    }

    await postgres.start();
    await expect.poll(health, patient).toMatchObject({ status: 'ok', database_connected: true });
    expect((await service.get('/api/service1')).body).toMatchObject({ total: 102 });
  });
});

describe('microservice1 alone', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await serve(notes);
  });

  afterAll(() => service.stop());

  test('without a database by choice it is well, and says so', async () => {
    expect((await service.get('/health')).body).toEqual({
      timestamp: moment, status: 'ok', database_connected: false, message: 'No database is configured: the web application runs alone.',
    });
    expect((await service.get('/db-status')).body).toMatchObject({ connected: false, version: null, tables_count: 0, last_check: moment });
    expect(await service.get('/api/service1')).toMatchObject({ status: 503, body: { error: { code: 'database_unavailable' } } });
  });
});
