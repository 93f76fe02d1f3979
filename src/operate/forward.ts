import { setMaxListeners } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { asString } from '../lib/read-unknown.js';
import { refOf } from '../model/index.js';
import { followServing, type Serving } from './follow-serving.js';
import { chosenPorts, localPortFor, portsOf, targetIn, urlOf, type ForwardWish, type PodPort } from './forward-ports.js';
import { noPod } from './pod-state.js';
import { listSelected, nodeOf, onSimulatedNode, selectPods, simulatedNodes, type SelectedPod, type Selection, type Workplace } from './select-pods.js';

/** A port of a component that is reached on this machine. */
export interface Forward {
  component: string;
  namespace: string;
  /** The pod that answers at the start. */
  pod: string;
  /** The port as the component names it, and its name. */
  port: number;
  name?: string;
  address: string;
  local: number;
  /** A URL for HTTP, else `address:port`. */
  url: string;
}

/** What happens to a forward while it lasts. */
export interface ForwardNote {
  event: 'moved' | 'waiting' | 'failed';
  component: string;
  pod?: string;
  /** The pod before, when it moved. */
  from?: string;
  problem?: string;
}

export interface ForwardRequest {
  wishes: readonly ForwardWish[];
  /** Every Service port of every component, beside the wishes. */
  all: boolean;
  address: string;
  onNote(note: ForwardNote): void;
  signal: AbortSignal;
}

/** A connection that finds no pod waits so long for one, as during a rollout. */
const patienceMs = 30_000;

/** Opens local ports for ports of components; they stay until the signal, whatever becomes of the pods. */
export async function startForwards(workplace: Workplace, request: ForwardRequest): Promise<Forward[]> {
  const { kube } = workplace.target;
  // Each open connection listens.
  setMaxListeners(0, request.signal);
  const isSimulated = await simulatedNodes(workplace.target);
  const plans = await Promise.all(request.wishes.map((wish) => planOf(workplace, wish)));
  if (request.all) plans.push(...(await plansOfAll(workplace)));
  const forwards: Forward[] = [];
  for (const { wish, selection, pods, ports } of plans) {
    const real = pods.filter(({ pod }) => !isSimulated(nodeOf(pod) ?? ''));
    if (pods.length > 0 && real.length === 0) throw onSimulatedNode(wish.word, 'forward to');
    const serving = await followServing(kube, { selection, accepts: (pod) => !isSimulated(nodeOf(pod) ?? ''), component: wish.word, onNote: request.onNote, signal: request.signal });
    for (const port of ports) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void carry(socket, { kube, serving, port, component: wish.word, request }));
      const local = await listen(server, { address: request.address, wanted: wish.local, near: localPortFor(port.number) });
      request.signal.addEventListener('abort', () => { server.close(); }, { once: true });
      const current = serving.current() ?? real[0]?.pod;
      forwards.push({ component: wish.word, namespace: current?.metadata.namespace ?? '', pod: current?.metadata.name ?? '', port: port.number, ...(port.name !== undefined ? { name: port.name } : {}), address: request.address, local, url: urlOf(port, request.address, local) });
    }
  }
  return forwards;
}

interface Plan {
  wish: ForwardWish;
  selection: Selection;
  pods: SelectedPod[];
  ports: PodPort[];
}

async function planOf(workplace: Workplace, wish: ForwardWish): Promise<Plan> {
  const selection = await selectPods(workplace, [wish.word]);
  const { pods, ports } = await podsAndPorts(workplace.target.kube, selection);
  if (pods.length === 0) throw noPod(wish.word, 0);
  return { wish, selection, pods, ports: chosenPorts(wish, ports) };
}

/** Components without pods or Services have nothing to open, which is no mistake when all are asked for. */
async function plansOfAll(workplace: Workplace): Promise<Plan[]> {
  const everything = await selectPods(workplace, []);
  const pods = await listSelected(workplace.target.kube, everything);
  const plans = await Promise.all([...new Set(pods.map(({ group }) => group))].sort().map(async (word): Promise<Plan> => {
    const selection = await selectPods(workplace, [word]);
    const found = await podsAndPorts(workplace.target.kube, selection);
    return { wish: { word }, selection, pods: found.pods, ports: found.ports.filter(({ ofService }) => ofService) };
  }));
  const open = plans.filter(({ ports }) => ports.length > 0);
  if (open.length === 0) throw noPod('the platform', pods.length);
  return open;
}

async function podsAndPorts(kube: Kube, selection: Selection): Promise<{ pods: SelectedPod[]; ports: PodPort[] }> {
  const [pods, services] = await Promise.all([listSelected(kube, selection), Promise.all(selection.namespaces.map((namespace) => kube.list('v1', 'Service', { namespace })))]);
  return { pods, ports: portsOf(pods.map(({ pod }) => pod), services.flatMap(({ items }) => items)) };
}

async function listen(server: Server, { address, wanted, near }: { address: string; wanted: number | undefined; near: number }): Promise<number> {
  try {
    return await listenOn(server, address, wanted ?? near);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? asString(error.code) : undefined;
    if (wanted === undefined && (code === 'EADDRINUSE' || code === 'EACCES')) return listenOn(server, address, 0);
    const problem = code === 'EADDRINUSE' ? 'another program listens there' : code === 'EACCES' ? 'only root may listen there' : code === 'EADDRNOTAVAIL' ? 'this machine has no such address' : String(error);
    throw new MostikError([diagnose('forward-port-taken', { address: `${address}:${wanted ?? near}`, problem })], { cause: error });
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound.port : port);
    });
  });
}

interface Carrying {
  kube: Kube;
  serving: Serving;
  port: PodPort;
  component: string;
  request: ForwardRequest;
}

/** Carries one connection to the pod that serves at the moment; tries the next one while none takes it. */
async function carry(socket: Socket, { kube, serving, port, component, request }: Carrying): Promise<void> {
  const closed = new AbortController();
  const signal = AbortSignal.any([request.signal, closed.signal]);
  const end = (): void => { socket.destroy(); };
  request.signal.addEventListener('abort', end, { once: true });
  socket.on('error', () => closed.abort()).on('close', () => {
    closed.abort();
    request.signal.removeEventListener('abort', end);
  });
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const pod = await serving.wait(deadline - Date.now(), signal);
    if (signal.aborted) return;
    const fail = (problem: string): void => {
      request.onNote({ event: 'failed', component, problem, ...(pod ? { pod: pod.metadata.name } : {}) });
      socket.resetAndDestroy();
    };
    if (!pod) return fail('no pod of it runs');
    const target = targetIn(pod, port.target);
    if (target === undefined) return fail(`no container has a port named ${port.target}`);
    try {
      const stream = await kube.forwardPort(refOf(pod), target, { signal });
      stream.on('error', (error) => fail(innermost(error.message)));
      socket.on('close', () => stream.destroy());
      socket.pipe(stream).pipe(socket);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (Date.now() > deadline) return fail(error instanceof Error ? error.message : String(error));
      // The watch tells of a pod that went away a moment later than the pod itself.
      await sleep(300, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The runtime's last words: `connect: connection refused`. */
export function innermost(problem: string): string {
  return /dial tcp[^:]* [^ ]*: (.*)$/s.exec(problem)?.[1] ?? problem.split(': ').slice(-2).join(': ');
}
