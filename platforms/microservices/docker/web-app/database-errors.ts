import { errorFields } from './log.js';
import type { DatabaseSettings } from './settings.js';

/** SQLSTATE codes and their classes: https://www.postgresql.org/docs/15/errcodes-appendix.html */
const BY_SQLSTATE: Record<string, string> = {
  '28P01': 'PostgreSQL refuses the password of user "USER"',
  '28000': 'PostgreSQL refuses user "USER"',
  '3D000': 'the database "DATABASE" does not exist',
  '42P01': 'a table of this service is missing',
  '25006': 'PostgreSQL is read-only',
  '53100': 'the disk of PostgreSQL is full',
  '53200': 'PostgreSQL is out of memory',
  '53300': 'PostgreSQL has no connection left',
  '57P01': 'PostgreSQL is shutting down',
  '57P02': 'PostgreSQL has crashed and starts again',
  '57P03': 'PostgreSQL is still starting',
  '58030': 'PostgreSQL cannot read or write its storage',
  '58P01': 'PostgreSQL misses a file in its storage',
};

const BY_CLASS: Record<string, string> = {
  '08': 'the connection to PostgreSQL broke',
  '28': 'PostgreSQL refuses user "USER"',
  '53': 'PostgreSQL is out of a resource',
  '57': 'PostgreSQL ended the connection',
  '58': 'PostgreSQL has trouble with its storage',
  XX: 'PostgreSQL found its data damaged or itself broken',
};

const BY_SYSTEM_CODE: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up at the moment',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no answer in time; the network may be cut',
};

/**
 * Whether the database is away (down, unreachable, full, refusing us) rather than the statement wrong.
 * Only then is trying again later of any use.
 */
export function isOutage(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined) return true;
  return state in BY_SQLSTATE || state.slice(0, 2) in BY_CLASS;
}

/** One sentence without a full stop: where the database was looked for, and what is wrong with it. */
export function describeOutage(error: unknown, settings: DatabaseSettings): string {
  return `PostgreSQL at ${settings.host}:${settings.port}: ${reason(error)}`
    .replace('USER', settings.user)
    .replace('DATABASE', settings.name);
}

function reason(error: unknown): string {
  const state = sqlState(error);
  if (state !== undefined) {
    const known = BY_SQLSTATE[state] ?? BY_CLASS[state.slice(0, 2)];
    return known === undefined ? `${errorFields(error).error} (${state})` : `${known} (${state})`;
  }
  const { error: text, code } = errorFields(error);
  const known = typeof code === 'string' ? BY_SYSTEM_CODE[code] : undefined;
  if (known !== undefined) return `${known} (${code})`;
  return /timeout/i.test(String(text)) ? 'no answer in time; the network may be cut, or PostgreSQL is overloaded' : String(text);
}

function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !(code in BY_SYSTEM_CODE) ? code : undefined;
}
