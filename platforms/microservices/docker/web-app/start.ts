import { noDatabase, openDatabase } from './database.js';
import { createHttpServer } from './http-server.js';
import { createLog, errorFields, type Log } from './log.js';
import { createRoutes } from './routes.js';
import type { Service } from './service.js';
import { readSettings, SettingsError, type Settings } from './settings.js';

export interface RunningService {
  port: number;
  /** Takes no new request, lets those under way finish within the shutdown timeout, then leaves the database. */
  stop(): Promise<void>;
}

/** Runs a service as the main part of this process: settings from the environment, an orderly end on SIGTERM. */
export async function runService(service: Service): Promise<void> {
  let log = createLog({ service: service.name, level: 'info' });
  // A failure nobody caught leaves the process in an unknown state: say it, and let Kubernetes start a new one.
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      log.error('unexpected failure', { event, ...errorFields(error), stack: error instanceof Error ? error.stack : undefined });
      process.exit(1);
    });
  }
  try {
    const settings = readSettings(process.env, service);
    log = createLog({ service: service.name, level: settings.logLevel });
    stopOnSignal(await startService(service, settings, log), log);
  } catch (error) {
    if (error instanceof SettingsError) for (const problem of error.problems) log.error('setting refused', { problem });
    else log.error('start failed', errorFields(error));
    process.exit(1);
  }
}

/** Starts a service and returns once it answers; the database may come later. */
export async function startService(service: Service, settings: Settings, log: Log): Promise<RunningService> {
  const database = settings.database
    ? openDatabase(settings.database, { service: service.name, tables: service.tables, log })
    : noDatabase();
  const server = createHttpServer(createRoutes(service, { database, databaseExpected: settings.database !== undefined }), log);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(settings.port, settings.host, resolve);
    });
  } catch (error) {
    await database.close();
    throw error;
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  log.info('service started', { port, database: settings.database ? `${settings.database.host}:${settings.database.port}` : 'none' });

  return {
    port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = setTimeout(() => server.closeAllConnections(), settings.shutdownTimeoutMs);
      await closed;
      clearTimeout(deadline);
      await database.close();
      log.info('service stopped');
    },
  };
}

function stopOnSignal(running: RunningService, log: Log): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info('stopping', { signal });
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error('stop failed', errorFields(error));
          process.exit(1);
        },
      );
    });
  }
}
