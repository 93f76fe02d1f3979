import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import type { DatabaseSettings } from '../web-app/settings.js';

/** A real PostgreSQL server in a folder of its own, for one test file. */
export interface TestPostgres {
  /** How a service reaches it; the short waits keep tests quick. */
  settings: DatabaseSettings;
  /** The folder with its data, as PGDATA names it. */
  dataFolder: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One statement on a connection of its own. */
  run(sql: string): Promise<pg.QueryResult>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

const binaries = findBinaries();

/** Why the tests with a real PostgreSQL cannot run here; undefined where they can. */
export const postgresMissing = binaries
  ? undefined
  : 'PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin or on PATH. On Debian and Ubuntu: apt-get install postgresql';

/** PostgreSQL refuses to run as root; there it runs as the user that its package makes. */
export const postgresUser: { uid?: number; gid?: number } = process.getuid?.() === 0 && binaries ? systemUser('postgres') : {};

export function postgresBinary(name: string): string {
  if (binaries === undefined) throw new Error(postgresMissing);
  return join(binaries, name);
}

export async function createPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'microservices-postgres-'));
  const settings = testSettings(await freePort());
  const dataFolder = join(folder, 'data');
  initialise(folder, dataFolder, settings);
  let server: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const flags = ['-D', dataFolder, '-k', folder, '-p', String(settings.port), '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
    server = spawn(postgresBinary('postgres'), flags, { ...postgresUser, stdio: 'ignore', cwd: folder });
    const started = server;
    process.once('exit', () => started.kill('SIGQUIT'));
    await answers(settings);
  };
  const stop = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    // SIGINT is PostgreSQL's fast shutdown, the one Kubernetes sends to the official image too.
    server.kill('SIGINT');
    await ended;
  };
  await start();
  await runSql({ ...settings, name: 'postgres' }, `CREATE DATABASE ${settings.name}`);
  return {
    settings, dataFolder, start, stop,
    run: (sql) => runSql(settings, sql),
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port of this machine that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

/** Settings for a server on this port of this machine, whether or not one is there. */
export function testSettings(port: number): DatabaseSettings {
  return {
    host: '127.0.0.1', port, name: 'service_db', user: 'service_user', password: "a password'with a quote",
    connectTimeoutMs: 2000, queryTimeoutMs: 2000, retryBaseMs: 20, retryMaxMs: 200, checkIntervalMs: 100,
  };
}

function initialise(folder: string, dataFolder: string, { user, password }: DatabaseSettings): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  const { uid, gid } = postgresUser;
  if (uid !== undefined && gid !== undefined) for (const path of [folder, passwordFile]) chownSync(path, uid, gid);
  const flags = ['-D', dataFolder, '-U', user, `--pwfile=${passwordFile}`, '--auth-host=scram-sha-256', '--auth-local=trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  const { status, stderr } = spawnSync(postgresBinary('initdb'), flags, { ...postgresUser, encoding: 'utf8', cwd: folder });
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

async function answers(settings: DatabaseSettings): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await runSql({ ...settings, name: 'postgres' }, 'SELECT 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function runSql({ host, port, name, user, password }: DatabaseSettings, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ host, port, database: name, user, password, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

function findBinaries(): string | undefined {
  const packaged = '/usr/lib/postgresql';
  // Version 15 first: it is the one the chart runs.
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b === '15') - Number(a === '15') || Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(packaged, version, 'bin')), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

function systemUser(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`run as root, PostgreSQL needs the user "${name}", which this system does not have`);
  return { uid: Number(uid), gid: Number(gid) };
}
