import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';

/** What the API server answered; status 0 when it did not. */
export interface Answer {
  status: number;
  body: string;
}

/** An API server that still waits for its database accepts connections and leaves them unanswered. */
const patienceMs = 3_000;

/** Asks a cluster's own API server whether things are there; reads only. */
export interface Probe {
  get(path: string): Promise<Answer>;
  close(): void;
}

/** Opens a probe with the cluster's own administrator certificate. */
export function openProbe(pki: string, port: number): Probe {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: readFileSync(join(pki, 'ca.crt')),
    cert: readFileSync(join(pki, 'admin.crt')),
    key: readFileSync(join(pki, 'admin.key')),
  });
  return { get: (path) => get(agent, port, path), close: () => agent.destroy() };
}

function get(agent: Agent, port: number, path: string): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: 0, body: error.message });
    const asked = request({ agent, host: '127.0.0.1', port, path, timeout: patienceMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
    asked.on('error', failed);
    asked.end();
  });
}
