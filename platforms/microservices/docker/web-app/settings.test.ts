import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.js';

const database = { DB_HOST: 'postgres-service1', DB_NAME: 'service1_db', DB_USER: 'service1_user', DB_PASSWORD: 'secret' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment, { port: 5001 });
  } catch (thrown) {
    if (thrown instanceof SettingsError) return thrown.problems;
    throw thrown;
  }
  return [];
}

describe('settings', () => {
  test('an empty environment means the web application alone on its own port', () => {
    expect(readSettings({}, { port: 5001 })).toEqual({ host: '0.0.0.0', port: 5001, logLevel: 'info', shutdownTimeoutMs: 10_000 });
  });

  test('the five database variables of the chart are enough', () => {
    expect(readSettings({ ...database, DB_PORT: '5433' }, { port: 5001 }).database).toEqual({
      host: 'postgres-service1', port: 5433, name: 'service1_db', user: 'service1_user', password: 'secret',
      connectTimeoutMs: 3000, queryTimeoutMs: 5000, retryBaseMs: 250, retryMaxMs: 10_000, checkIntervalMs: 5000,
    });
  });

  test('every problem is told at once', () => {
    expect(problemsOf({ PORT: 'http', LOG_LEVEL: 'loud', DB_HOST: 'db', DB_NAME: 'n', DB_PORT: '70000' })).toEqual([
      'PORT: expected a whole number from 0 to 65535, got "http".',
      'LOG_LEVEL: expected debug, info, warn or error, got "loud".',
      'DB_PORT: expected a whole number from 1 to 65535, got "70000".',
      'DB_USER: is missing. DB_HOST is set, so DB_NAME, DB_USER and DB_PASSWORD are needed too.',
      'DB_PASSWORD: is missing. DB_HOST is set, so DB_NAME, DB_USER and DB_PASSWORD are needed too.',
    ]);
  });

  test('a password without a host is a mistake, not a service without a database', () => {
    expect(problemsOf({ DB_PASSWORD: 'secret' })).toEqual([
      'DB_HOST: is missing, but DB_PASSWORD is set. Set DB_HOST, or no DB_ variable at all to run without a database.',
    ]);
  });

  test('an empty variable counts as absent', () => {
    expect(readSettings({ DB_HOST: '', PORT: '' }, { port: 5002 })).toMatchObject({ port: 5002 });
  });

  test.each(['1e3', '-1', '0x10', ' 5', '5.5'])('a port written as "%s" is refused', (port) => {
    expect(problemsOf({ PORT: port })).toHaveLength(1);
  });

  test('the longest wait may not be shorter than the first', () => {
    expect(problemsOf({ ...database, DB_RETRY_BASE_MS: '500', DB_RETRY_MAX_MS: '100' })).toEqual([
      'DB_RETRY_MAX_MS: expected a whole number from 500 to 600000, got "100".',
    ]);
  });
});
