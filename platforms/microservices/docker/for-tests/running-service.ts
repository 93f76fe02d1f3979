import { createLog } from '../web-app/log.js';
import type { Service } from '../web-app/service.js';
import type { DatabaseSettings, Settings } from '../web-app/settings.js';
import { startService } from '../web-app/start.js';

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** A service that runs in this process on a free port, and how to talk to it. */
export interface TestService {
  url: string;
  get(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<Answer>;
  stop(): Promise<void>;
}

export async function serve(service: Service, database?: DatabaseSettings): Promise<TestService> {
  const settings: Settings = { host: '127.0.0.1', port: 0, logLevel: 'error', shutdownTimeoutMs: 1000, ...(database ? { database } : {}) };
  const running = await startService(service, settings, createLog({ service: service.name, level: 'error', write: () => undefined }));
  const url = `http://127.0.0.1:${running.port}`;
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await fetch(url + path, init);
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.startsWith('application/json');
    return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
  };
  return {
    url,
    get: (path) => ask(path, {}),
    post: (path, body) => ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    stop: running.stop,
  };
}
