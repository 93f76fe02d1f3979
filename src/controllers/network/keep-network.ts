import { spawnSync } from 'node:child_process';
import { connect as connectSocket, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../kube/index.js';
import { packetFilter } from '../../network/index.js';

/** What the network agent works with. */
export interface NetworkAgent {
  kubeconfig: string;
  /** The program nft. */
  nft: string;
  /** Where pods reach the API server, and where it really listens: `ADDRESS:PORT`. */
  listen: string;
  api: string;
  podRange: string;
  /** Name of the nftables table it keeps. */
  table: string;
  signal: AbortSignal;
}

/** Keeps the rules of a real node as its pods and NetworkPolicies say, and the door through which pods reach the API server, until the signal. */
export async function keepNetwork(agent: NetworkAgent): Promise<void> {
  const door = await openDoor(agent);
  const kube = await connect({ kubeconfig: agent.kubeconfig });
  const { signal } = agent;
  const lists = {
    namespaces: kube.watchList('v1', 'Namespace', { signal }),
    pods: kube.watchList('v1', 'Pod', { signal }),
    policies: kube.watchList('networking.k8s.io/v1', 'NetworkPolicy', { signal }),
  };
  let isDue = true;
  // The process ends with it, and its supervisor starts it again.
  let lost: unknown;
  for (const list of Object.values(lists)) {
    list.onChange(() => { isDue = true; });
    list.done.catch((error: unknown) => { lost = error; });
  }
  await Promise.all(Object.values(lists).map(({ listed }) => listed));
  let last = '';
  while (!signal.aborted && lost === undefined) {
    if (isDue) {
      isDue = false;
      const rules = packetFilter({ namespaces: [...lists.namespaces.objects.values()], pods: [...lists.pods.objects.values()], policies: [...lists.policies.objects.values()], podRange: agent.podRange }, agent.table);
      if (rules !== last && load(agent, rules)) last = rules;
    }
    await sleep(50, undefined, { signal }).catch(() => undefined);
  }
  door.close();
  kube.close();
  if (lost !== undefined && !signal.aborted) throw new Error('A watch of the cluster ended', { cause: lost });
}

/** Puts all rules in at once: nft replaces the table in one transaction. */
function load({ nft }: NetworkAgent, rules: string): boolean {
  const { status, stderr } = spawnSync(nft, ['-f', '-'], { input: rules, encoding: 'utf8' });
  if (status !== 0) console.error(`nft refused the rules: ${stderr}`);
  return status === 0;
}

/** Leads connections on: the API server itself listens on the loopback address, which pods do not reach. */
function openDoor({ listen, api }: NetworkAgent): Promise<Server> {
  const [to, at] = [api, listen].map((text) => ({ host: text.slice(0, text.lastIndexOf(':')), port: Number(text.slice(text.lastIndexOf(':') + 1)) })) as [{ host: string; port: number }, { host: string; port: number }];
  const server = createServer((inside) => {
    const outside = connectSocket(to);
    for (const [one, other] of [[inside, outside], [outside, inside]] as const) {
      one.on('error', () => { other.destroy(); });
      one.on('close', () => { other.destroy(); });
      one.pipe(other);
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => { resolve(server); });
  });
}
