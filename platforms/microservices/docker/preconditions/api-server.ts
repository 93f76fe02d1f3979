import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { textAt } from './read.js';

/** Read-only access to a cluster. Paths are those of the Kubernetes API, such as `/api/v1/services`. */
export interface Cluster {
  /** The object, or undefined where there is none. Throws Forbidden and Unreachable. */
  get(path: string): Promise<unknown>;
}

export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export class Forbidden extends Error {
  override readonly name = 'Forbidden';
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 5000;
const ATTEMPTS = 3;

type Environment = Readonly<Record<string, string | undefined>>;

/** The API server of the cluster this pod runs in, with the rights of its ServiceAccount. */
export function connectInCluster(environment: Environment, folder = SERVICE_ACCOUNT): Cluster {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (!host || !port) throw new Unreachable('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this program runs in a pod.');
  const token = readFileSync(join(folder, 'token'), 'utf8').trim();
  const agent = new Agent({ ca: readFileSync(join(folder, 'ca.crt')), keepAlive: true, maxSockets: 4 });
  const ask = (path: string): Promise<Answer> => askOnce({ agent, host, port, path, token });
  return {
    async get(path) {
      const { status, body } = await withRetries(() => ask(path), `https://${host}:${port}`);
      if (status === 200) return JSON.parse(body);
      if (status === 404) return undefined;
      if (status === 403) throw new Forbidden(messageOf(body));
      throw new Unreachable(`The API server answered ${status} for ${path}: ${messageOf(body)}`);
    },
  };
}

interface Answer {
  status: number;
  body: string;
}

async function withRetries(ask: () => Promise<Answer>, address: string): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await ask();
      if (answer.status < 500 || attempt === ATTEMPTS) return answer;
    } catch (error) {
      if (attempt === ATTEMPTS) throw new Unreachable(`The API server at ${address} does not answer: ${error instanceof Error ? error.message : String(error)}.`);
    }
    await sleep(300 * attempt);
  }
}

function askOnce({ agent, host, port, path, token }: { agent: Agent; host: string; port: string; path: string; token: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
    const asked = request({ agent, host, port, path, headers, timeout: TIMEOUT_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} seconds`)));
    asked.on('error', reject);
    asked.end();
  });
}

/** The text of the Status object that Kubernetes sends with a refusal. */
function messageOf(body: string): string {
  try {
    return textAt(JSON.parse(body), 'message') ?? body;
  } catch {
    return body;
  }
}
