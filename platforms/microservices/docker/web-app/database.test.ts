import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { linkTo } from '../for-tests/network-link.js';
import { createPostgres, freePort, postgresMissing, testSettings, type TestPostgres } from '../for-tests/postgres.js';
import { DatabaseUnavailable, noDatabase, openDatabase, type Database } from './database.js';
import { createLog } from './log.js';
import type { DatabaseSettings } from './settings.js';

const TABLES = 'CREATE TABLE IF NOT EXISTS things (name text PRIMARY KEY);';
const patient = { timeout: 45_000, interval: 25 };

interface Opened {
  database: Database;
  /** The log lines so far, parsed. */
  lines(): Record<string, unknown>[];
}

function open(settings: DatabaseSettings): Opened {
  const written: string[] = [];
  const log = createLog({ service: 'test', level: 'debug', write: (line) => written.push(line) });
  const database = openDatabase(settings, { service: 'test', tables: TABLES, log });
  onTestFinished(() => database.close());
  return { database, lines: () => written.map((line) => JSON.parse(line)) };
}

const connected = (database: Database) => expect.poll(() => database.state().connected, patient);
const message = (database: Database) => expect.poll(() => database.state().message, patient);

describe.skipIf(postgresMissing)(`a database that can be away (${postgresMissing ?? 'real PostgreSQL'})`, { timeout: 60_000 }, () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await createPostgres();
  }, 120_000);

  afterAll(async () => {
    await postgres?.remove();
  });

  test('it connects by itself, creates its tables and tells version and number of tables', async () => {
    const { database } = open(postgres.settings);
    await connected(database).toBe(true);
    const { rows } = await postgres.run('SHOW server_version');
    expect(await database.status()).toMatchObject({ connected: true, version: rows[0].server_version, tables_count: 2, message: 'The database is connected.' });
  });

  test('many replicas may start on an empty database at the same moment', async () => {
    await postgres.run('DROP TABLE IF EXISTS things, heartbeat');
    const replicas = Array.from({ length: 6 }, () => open({ ...postgres.settings, connectTimeoutMs: 20_000, queryTimeoutMs: 20_000 }));
    for (const { database } of replicas) await connected(database).toBe(true);
    expect(replicas.flatMap(({ lines }) => lines()).filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('a wrong password is said, with the user, and tried again until it is right', async () => {
    const { database, lines } = open({ ...postgres.settings, password: 'wrong' });
    await message(database).toBe(`PostgreSQL at 127.0.0.1:${postgres.settings.port}: PostgreSQL refuses the password of user "service_user" (28P01).`);
    await postgres.run("ALTER ROLE service_user PASSWORD 'wrong'");
    onTestFinished(async () => {
      await database.query(`ALTER ROLE service_user PASSWORD '${postgres.settings.password.replace("'", "''")}'`);
    });
    await connected(database).toBe(true);
    expect(lines()[0]).toMatchObject({ level: 'error', service: 'test', message: 'database is away', attempt: 1 });
  });

  test('a database that does not exist is said by its name', async () => {
    const { database } = open({ ...postgres.settings, name: 'nowhere' });
    await message(database).toContain('the database "nowhere" does not exist (3D000)');
  });

  test('a host name that does not resolve is said', async () => {
    const { database } = open({ ...postgres.settings, host: 'no-such-host.invalid' });
    await message(database).toMatch(/^PostgreSQL at no-such-host\.invalid:\d+: the host name (is not known|cannot be looked up at the moment) \(E\w+\)\.$/);
  });

  test('down at the start: attempts grow apart, and it connects once the server is there', async () => {
    await postgres.stop();
    const { database, lines } = open(postgres.settings);
    await message(database).toContain('nothing listens there (ECONNREFUSED)');
    await expect.poll(() => lines().length, patient).toBeGreaterThan(5);
    const waits = lines().map(({ nextAttemptMs }) => Number(nextAttemptMs));
    expect(waits[0]).toBeLessThanOrEqual(20);
    expect(waits[4]).toBeGreaterThanOrEqual(100);
    expect(Math.max(...waits)).toBeLessThanOrEqual(200);
    await postgres.start();
    await connected(database).toBe(true);
    expect(lines().at(-1)).toMatchObject({ level: 'info', message: 'database connected' });
  });

  test('gone and back: queries are refused at once meanwhile, and work again without a restart', async () => {
    const { database } = open(postgres.settings);
    await connected(database).toBe(true);
    await postgres.stop();
    await connected(database).toBe(false);
    const asked = performance.now();
    await expect(database.query('SELECT 1')).rejects.toThrow(DatabaseUnavailable);
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(await database.status()).toMatchObject({ connected: false, version: null, tables_count: 0 });
    await postgres.start();
    await connected(database).toBe(true);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a query that meets the outage first tells the watch, which does not wait for its next check', async () => {
    const { database } = open({ ...postgres.settings, checkIntervalMs: 60_000 });
    await connected(database).toBe(true);
    await postgres.stop();
    await expect(database.query('SELECT 1')).rejects.toThrow(DatabaseUnavailable);
    expect(database.state().connected).toBe(false);
    await postgres.start();
    await connected(database).toBe(true);
  });

  test('a network that swallows everything is noticed by timeouts, and the way back is found', async () => {
    const link = await linkTo(postgres.settings);
    onTestFinished(() => link.close());
    const { database } = open({ ...postgres.settings, port: link.port });
    await connected(database).toBe(true);
    link.freeze();
    await message(database).toContain('no answer in time; the network may be cut');
    link.thaw();
    await connected(database).toBe(true);
  });

  test('it closes in time even when the network swallows the farewell', async () => {
    const link = await linkTo(postgres.settings);
    onTestFinished(() => link.close());
    const { database } = open({ ...postgres.settings, port: link.port });
    await connected(database).toBe(true);
    link.freeze();
    const asked = performance.now();
    await database.close();
    expect(performance.now() - asked).toBeLessThan(10_000);
  });

  test('storage that takes no writes any more is noticed, though connections still work', async () => {
    const { database } = open(postgres.settings);
    await connected(database).toBe(true);
    await postgres.run('ALTER ROLE service_user SET default_transaction_read_only = on');
    await postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'");
    await message(database).toContain('PostgreSQL is read-only (25006)');
    await postgres.run('BEGIN READ WRITE; ALTER ROLE service_user RESET default_transaction_read_only; COMMIT');
    await postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'");
    await connected(database).toBe(true);
  });

  test('tables that vanished with their storage are created again', async () => {
    const { database } = open(postgres.settings);
    await connected(database).toBe(true);
    await postgres.run('DROP TABLE things, heartbeat');
    await expect.poll(() => database.query('SELECT count(*)::int AS n FROM things').catch(() => 'missing'), patient).toEqual([{ n: 0 }]);
    await connected(database).toBe(true);
  });

  test('a statement that is wrong is not taken for an outage', async () => {
    const { database } = open(postgres.settings);
    await connected(database).toBe(true);
    await expect(database.query('SELEC 1')).rejects.toThrow('syntax error');
    expect(database.state().connected).toBe(true);
  });

  test('a statement that takes too long is given up', async () => {
    const { database } = open(postgres.settings);
    await connected(database).toBe(true);
    const asked = performance.now();
    await expect(database.query('SELECT pg_sleep(30)')).rejects.toThrow(DatabaseUnavailable);
    expect(performance.now() - asked).toBeLessThan(10_000);
    await connected(database).toBe(true);
  });
});

test('closing does not wait for the next attempt', async () => {
  const { database } = open({ ...testSettings(await freePort()), retryBaseMs: 60_000, retryMaxMs: 60_000 });
  await message(database).toContain('ECONNREFUSED');
  const asked = performance.now();
  await database.close();
  expect(performance.now() - asked).toBeLessThan(10_000);
});

test('without a database every answer says so', async () => {
  const database = noDatabase();
  expect(await database.status()).toMatchObject({ connected: false, version: null, message: 'No database is configured: the web application runs alone.' });
  await expect(database.query('SELECT 1')).rejects.toThrow(DatabaseUnavailable);
});
