import { isLogLevel, type LogLevel } from './log.js';

export interface DatabaseSettings {
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
  /** Limits in milliseconds: for a new connection, and for the answer to one query. */
  connectTimeoutMs: number;
  queryTimeoutMs: number;
  /** Waits in milliseconds: the first and the longest between attempts, and the one between checks while all is well. */
  retryBaseMs: number;
  retryMaxMs: number;
  checkIntervalMs: number;
}

export interface Settings {
  host: string;
  port: number;
  logLevel: LogLevel;
  shutdownTimeoutMs: number;
  /** Absent where the web application runs alone. */
  database?: DatabaseSettings;
}

/** The environment cannot be used as it is; `problems` says all that is wrong, one sentence each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings from environment variables. Throws one SettingsError with everything that is wrong. */
export function readSettings(environment: Environment, defaults: { port: number }): Settings {
  const reader = createReader(environment);
  const settings: Settings = {
    host: reader.text('HOST') ?? '0.0.0.0',
    port: reader.whole('PORT', { min: 0, max: 65535, otherwise: defaults.port }),
    logLevel: readLevel(reader),
    shutdownTimeoutMs: reader.whole('SHUTDOWN_TIMEOUT_MS', { min: 0, max: 300_000, otherwise: 10_000 }),
  };
  const database = readDatabase(reader);
  if (reader.problems.length > 0) throw new SettingsError(reader.problems);
  return database ? { ...settings, database } : settings;
}

function readLevel(reader: Reader): LogLevel {
  const level = reader.text('LOG_LEVEL') ?? 'info';
  if (isLogLevel(level)) return level;
  reader.problems.push(`LOG_LEVEL: expected debug, info, warn or error, got "${level}".`);
  return 'info';
}

function readDatabase(reader: Reader): DatabaseSettings | undefined {
  const host = reader.text('DB_HOST');
  if (host === undefined) {
    for (const name of ['DB_NAME', 'DB_USER', 'DB_PASSWORD']) {
      if (reader.text(name) !== undefined) {
        reader.problems.push(`DB_HOST: is missing, but ${name} is set. Set DB_HOST, or no DB_ variable at all to run without a database.`);
        break;
      }
    }
    return undefined;
  }
  const retryBaseMs = reader.whole('DB_RETRY_BASE_MS', { min: 10, max: 60_000, otherwise: 250 });
  return {
    host,
    port: reader.whole('DB_PORT', { min: 1, max: 65535, otherwise: 5432 }),
    name: reader.needed('DB_NAME'),
    user: reader.needed('DB_USER'),
    password: reader.needed('DB_PASSWORD'),
    connectTimeoutMs: reader.whole('DB_CONNECT_TIMEOUT_MS', { min: 50, max: 60_000, otherwise: 3000 }),
    queryTimeoutMs: reader.whole('DB_QUERY_TIMEOUT_MS', { min: 50, max: 60_000, otherwise: 5000 }),
    retryBaseMs,
    retryMaxMs: reader.whole('DB_RETRY_MAX_MS', { min: retryBaseMs, max: 600_000, otherwise: Math.max(10_000, retryBaseMs) }),
    checkIntervalMs: reader.whole('DB_CHECK_INTERVAL_MS', { min: 50, max: 600_000, otherwise: 5000 }),
  };
}

interface Reader {
  problems: string[];
  /** An empty variable counts as absent: a ConfigMap cannot leave a key out as easily as it can leave it empty. */
  text(name: string): string | undefined;
  needed(name: string): string;
  whole(name: string, range: { min: number; max: number; otherwise: number }): number;
}

function createReader(environment: Environment): Reader {
  const problems: string[] = [];
  const text = (name: string): string | undefined => environment[name] || undefined;
  return {
    problems,
    text,
    needed(name) {
      const value = text(name);
      if (value === undefined) problems.push(`${name}: is missing. DB_HOST is set, so DB_NAME, DB_USER and DB_PASSWORD are needed too.`);
      return value ?? '';
    },
    whole(name, { min, max, otherwise }) {
      const value = text(name);
      if (value === undefined) return otherwise;
      const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
      if (number >= min && number <= max) return number;
      problems.push(`${name}: expected a whole number from ${min} to ${max}, got "${value}".`);
      return otherwise;
    },
  };
}
