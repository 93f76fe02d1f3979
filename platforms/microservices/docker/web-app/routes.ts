import { DatabaseUnavailable, type Database } from './database.js';
import { HttpError, type Reply, type Route } from './http-server.js';
import { pageRoutes } from './page.js';
import { readText } from './request-text.js';
import type { Service } from './service.js';

export interface Health {
  timestamp: string;
  status: 'ok' | 'degraded';
  database_connected: boolean;
  message: string;
}

export interface RouteOptions {
  database: Database;
  /** Whether the service should have a database: without one it is well as it is, with a lost one it is degraded. */
  databaseExpected: boolean;
}

// How long a client should wait before it asks again while the database is away, in seconds.
const RETRY_AFTER = '5';

/** Everything one service answers. */
export function createRoutes(service: Service, { database, databaseExpected }: RouteOptions): Route[] {
  return [
    { method: 'GET', path: '/health', quiet: true, handle: () => ({ status: 200, body: health(database, databaseExpected) }) },
    { method: 'GET', path: '/db-status', quiet: true, handle: async () => ({ status: 200, body: await database.status() }) },
    {
      method: 'GET',
      path: service.apiPath,
      handle: () => withDatabase(async () => ({ status: 200, body: { service: service.name, ...(await service.list(database.query)) } })),
    },
    {
      method: 'POST',
      path: service.apiPath,
      handle: async (request) => {
        const text = await readText(request, service.input);
        return withDatabase(async () => ({ status: 201, body: await service.add(database.query, text) }));
      },
    },
    ...pageRoutes(service),
  ];
}

/** Answers from memory and always with 200: a lost database must not make Kubernetes restart or cut off the web application. */
function health(database: Database, databaseExpected: boolean): Health {
  const { connected, message } = database.state();
  return {
    timestamp: new Date().toISOString(),
    status: connected || !databaseExpected ? 'ok' : 'degraded',
    database_connected: connected,
    message: connected || !databaseExpected ? message : `${message} The service answers without it and keeps trying.`,
  };
}

async function withDatabase(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    throw new HttpError(503, 'database_unavailable', error.message, { 'retry-after': RETRY_AFTER });
  }
}
