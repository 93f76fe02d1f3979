import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, containersOf, find, helmMissing, template } from '../../helm-chart/tests/helm.js';
import { createPostgres, postgresBinary, postgresMissing, postgresUser, type TestPostgres } from '../for-tests/postgres.js';

const missing = helmMissing ?? postgresMissing;

/** Runs the script of the init container as its image would, on this data folder. */
function runScript(dataFolder: string, password: string, user = 'service_user'): SpawnSyncReturns<string> {
  const [container] = containersOf(find(template(), 'StatefulSet/postgres-service1'));
  const command = Object(at(container, 'command'));
  const args = Object(at(container, 'args'));
  return spawnSync(String(command[0]), [...command.slice(1), ...args], {
    ...postgresUser,
    encoding: 'utf8',
    cwd: dirname(dataFolder),
    env: { PATH: `${dirname(postgresBinary('postgres'))}:/usr/bin:/bin`, PGDATA: dataFolder, POSTGRES_USER: user, POSTGRES_PASSWORD: password },
  });
}

describe.skipIf(missing)(`the init container that gives PostgreSQL its password (${missing ?? 'real Helm and PostgreSQL'})`, { timeout: 60_000 }, () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await createPostgres();
  }, 120_000);

  afterAll(async () => {
    await postgres?.remove();
  });

  test.each(['new-password', "it's", 'a "b" $HOME `id` \\ %s;', "'; ALTER ROLE service_user SUPERUSER; --"])('a database that is older than the Secret takes the password %s', async (password) => {
    await postgres.stop();
    const { status, stdout, stderr } = runScript(postgres.dataFolder, password);
    expect(stderr).not.toMatch(/ERROR|FATAL/);
    expect(status).toBe(0);
    expect(stdout + stderr).not.toContain(password);
    postgres.settings.password = password;
    await postgres.start();
    expect((await postgres.run('SELECT current_user AS who')).rows).toEqual([{ who: 'service_user' }]);
  });

  test('a folder that the image has yet to fill is left alone', () => {
    const empty = mkdtempSync(join(tmpdir(), 'microservices-empty-'));
    const { status, stdout, stderr } = runScript(join(empty, 'pgdata'), 'x');
    rmSync(empty, { recursive: true });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('a password that cannot be set is not written to the log', async () => {
    await postgres.stop();
    const { stdout, stderr } = runScript(postgres.dataFolder, 'very-secret', 'nobody_here');
    expect(stderr).toContain('role "nobody_here" does not exist');
    expect(stdout + stderr).not.toContain('very-secret');
  });
});
