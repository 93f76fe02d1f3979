import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describeOutage, isOutage } from './database-errors.js';
import { watchDatabase, type DatabaseState } from './database-watch.js';
import { errorFields, type Log } from './log.js';
import type { DatabaseSettings } from './settings.js';

export interface DatabaseStatus {
  connected: boolean;
  /** The server's version, null while it is not connected. */
  version: string | null;
  tables_count: number;
  last_check: string;
  message: string;
}

export type Row = Record<string, unknown>;
export type Query = (text: string, values?: unknown[]) => Promise<Row[]>;

export interface Database {
  /** What is known at the moment; asks nobody, so it is always quick. */
  state(): DatabaseState;
  /** Asks the server at the time of the call. Never throws: an outage is an answer too. */
  status(): Promise<DatabaseStatus>;
  /** Rows of one statement. Throws DatabaseUnavailable, at once while the database is known to be away. */
  query: Query;
  close(): Promise<void>;
}

export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

export interface DatabaseOptions {
  service: string;
  /** Statements that create what is missing; run after every outage, so they must be harmless when repeated. */
  tables: string;
  log: Log;
}

const NOT_CONFIGURED: DatabaseState = { connected: false, message: 'No database is configured: the web application runs alone.' };

/** A stand-in for services without a database: the same shape, always away. */
export function noDatabase(): Database {
  const { message } = NOT_CONFIGURED;
  return {
    state: () => NOT_CONFIGURED,
    status: async () => ({ connected: false, version: null, tables_count: 0, last_check: new Date().toISOString(), message }),
    query: () => Promise.reject(new DatabaseUnavailable(message)),
    close: async () => undefined,
  };
}

/** Opens a database that may be away at any time, now too: it is found, and found again, in the background. */
export function openDatabase(settings: DatabaseSettings, { service, tables, log }: DatabaseOptions): Database {
  const pool = createPool(settings, { service, log });
  const watch = watchDatabase(createContact(pool, { service, tables }), settings, log);

  async function query(text: string, values: unknown[] = []): Promise<Row[]> {
    const { connected, message } = watch.state();
    if (!connected) throw new DatabaseUnavailable(message);
    try {
      return (await pool.query<Row>(text, values)).rows;
    } catch (error) {
      if (!isOutage(error)) throw error;
      watch.lost(error);
      throw new DatabaseUnavailable(`${describeOutage(error, settings)}.`);
    }
  }

  async function leave(): Promise<void> {
    const left = watch.stop().then(() => pool.end());
    // A cut network never confirms that a connection has ended, and must not hold up the end of the process.
    await Promise.race([left, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  let closed: Promise<void> | undefined;
  return { state: watch.state, status: () => readStatus(query, { state: watch.state, log }), query, close: () => (closed ??= leave()) };
}

const CLOSE_TIMEOUT_MS = 2000;

function createPool(settings: DatabaseSettings, { service, log }: { service: string; log: Log }): pg.Pool {
  const pool = new pg.Pool({
    host: settings.host,
    port: settings.port,
    database: settings.name,
    user: settings.user,
    password: settings.password,
    ssl: false,
    max: 5,
    keepAlive: true,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    query_timeout: settings.queryTimeoutMs,
    statement_timeout: settings.queryTimeoutMs,
    application_name: service,
  });
  // An idle connection that breaks raises this event; without a listener it would end the process.
  pool.on('error', (error) => log.warn('idle database connection lost', errorFields(error)));
  return pool;
}

// Taken while tables are created, because two replicas that run CREATE TABLE IF NOT EXISTS at once can collide.
const CREATE_TABLES_LOCK = 715_001;

const HEARTBEAT_TABLE = 'CREATE TABLE IF NOT EXISTS heartbeat (service text PRIMARY KEY, last_seen timestamptz NOT NULL);';

const HEARTBEAT = `
  INSERT INTO heartbeat (service, last_seen) VALUES ($1, now())
  ON CONFLICT (service) DO UPDATE SET last_seen = excluded.last_seen`;

/** One check: tables are there, and a row can be written. A mere connection would not notice lost storage. */
function createContact(pool: pg.Pool, { service, tables }: { service: string; tables: string }): () => Promise<void> {
  let prepared = false;
  return async () => {
    try {
      // Several statements in one message are one transaction, at whose end the lock is given back.
      if (!prepared) await pool.query(`SELECT pg_advisory_xact_lock(${CREATE_TABLES_LOCK}); ${HEARTBEAT_TABLE} ${tables}`);
      prepared = true;
      await pool.query(HEARTBEAT, [service]);
    } catch (error) {
      // The storage may have been lost with the connection, so the tables are looked after again.
      prepared = false;
      throw error;
    }
  };
}

const VERSION_AND_TABLES = `
  SELECT current_setting('server_version') AS version, count(tablename)::int AS tables_count
  FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;

async function readStatus(query: Query, { state, log }: { state: () => DatabaseState; log: Log }): Promise<DatabaseStatus> {
  try {
    const [row] = await query(VERSION_AND_TABLES);
    const { message } = state();
    return { connected: true, version: String(row?.version), tables_count: Number(row?.tables_count), last_check: new Date().toISOString(), message };
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) log.error('database status failed', errorFields(error));
    const { message, lastCheck } = state();
    return { connected: false, version: null, tables_count: 0, last_check: lastCheck ?? new Date().toISOString(), message };
  }
}
