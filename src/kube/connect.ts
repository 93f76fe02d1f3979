import { asDict, asString } from '../lib/read-unknown.js';
import { jsonOf, makeClient, serverOf, type Client } from './client.js';
import type { Kube } from './kube.js';
import { readTarget, type TargetOptions } from './kubeconfig.js';
import { logs } from './logs.js';
import { objectCalls } from './objects.js';
import { serviceCalls } from './services.js';
import { watch, watchedList } from './watch.js';
import type { SocketParts } from './web-socket.js';

export interface ConnectOptions extends TargetOptions {
  signal?: AbortSignal;
  /** Requests under way at once. */
  inFlight?: number;
  /** How long a lost connection is tried anew before a request fails; ten seconds by default. */
  patienceMs?: number;
  /** How long one request may take; the server's own limit of a minute by default. */
  timeoutMs?: number;
  /** How often a connection in use is asked whether it still stands, and how long it may take to answer; ten seconds by default. */
  pingMs?: number;
}

/** Connects to the cluster of a kubeconfig context. A missing file, unknown context or unreachable cluster is a MostikError. */
export async function connect(options: ConnectOptions = {}): Promise<Kube> {
  // Imported here: Node's http2 and https cost more than the rest of a start, and many commands never connect.
  const [{ credentialsOf }, { openTransport }] = await Promise.all([import('./credentials.js'), import('./transport.js')]);
  const target = await readTarget(options);
  const credentials = await credentialsOf(target, options.signal);
  const transport = await openTransport(target, credentials, {
    inFlight: options.inFlight ?? 16,
    patienceMs: options.patienceMs ?? 10_000,
    timeoutMs: options.timeoutMs ?? 60_000,
    pingMs: options.pingMs ?? 10_000,
    userAgent: 'mostik',
    signal: options.signal,
  });
  const client = makeClient(target, transport);
  const calls = objectCalls(client);
  return {
    context: target.context,
    server: serverOf(target),
    ...(target.namespace !== undefined ? { namespace: target.namespace } : {}),
    ...clusterCalls(client, calls.get),
    ...discoveryCalls(client),
    ...calls,
    ...serviceCalls(client, calls.get),
    watch: (apiVersion, kind, watchOptions, onEvent) => watch({ client, list: calls.list, apiVersion, kind, options: watchOptions, onEvent }),
    watchList: (apiVersion, kind, watchOptions) =>
      watchedList((onEvent) => watch({ client, list: calls.list, apiVersion, kind, options: watchOptions, onEvent })),
    ...streamCalls({ client, credentials, pingMs: options.pingMs ?? 10_000 }),
    logs: (pod, logOptions = {}) => logs(client, pod, logOptions),
    close: transport.close,
  };
}

/** Their libraries are loaded when they are wanted. */
function streamCalls(parts: SocketParts): Pick<Kube, 'exec' | 'forwardPort'> {
  return {
    exec: async (pod, options) => (await import('./exec.js')).exec(parts, pod, options),
    forwardPort: async (pod, port, options = {}) => (await import('./port-forward.js')).forwardPort(parts, pod, { ...options, port }),
  };
}

function clusterCalls(client: Client, get: Kube['get']): Pick<Kube, 'version' | 'ready' | 'clusterId'> {
  const about = { subject: `cluster ${client.target.context}`, method: 'GET', repeatable: true } as const;
  return {
    async version(signal) {
      const info = jsonOf(await client.call({ ...about, path: '/version', resource: '/version', verb: 'version', signal }));
      // A server that emulates an older version (KEP-4330) behaves as that one.
      const part = (key: 'major' | 'minor'): string => (asString(info[key === 'major' ? 'emulationMajor' : 'emulationMinor']) ?? asString(info[key]) ?? '').replace(/\D+$/, '');
      return { gitVersion: asString(info['gitVersion']) ?? '', minor: `${part('major')}.${part('minor')}` };
    },
    async ready(signal) {
      try {
        await client.call({ ...about, path: '/readyz', resource: '/readyz', verb: 'ready', timeoutMs: 5_000, patienceMs: 0, signal });
        return true;
      } catch {
        signal?.throwIfAborted();
        return false;
      }
    },
    async clusterId(signal) {
      const space = await get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }, { metadataOnly: true, signal });
      return asString(asDict(space?.metadata)['uid']) ?? '';
    },
  };
}

function discoveryCalls(client: Client): Pick<Kube, 'resources' | 'resourceFor' | 'preferredResource' | 'refreshDiscovery' | 'waitForKind'> {
  return {
    resources: async () => (await client.discovery()).resources,
    resourceFor: async (apiVersion, kind) => (await client.discovery()).find(apiVersion, kind),
    preferredResource: async (group, kind) => (await client.discovery()).preferred(group, kind),
    async refreshDiscovery() {
      await client.refresh();
    },
    waitForKind: (apiVersion, kind, { timeoutMs = 30_000, signal } = {}) => client.waitForKind(apiVersion, kind, { timeoutMs, signal }),
  };
}
