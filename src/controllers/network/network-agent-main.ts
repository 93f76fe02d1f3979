import { parseArgs } from 'node:util';
import { keepNetwork } from './keep-network.js';

/** The network agent of a real node: `node network-agent-main.js --kubeconfig FILE --nft PROGRAM --listen ADDRESS:PORT --api ADDRESS:PORT --pods CIDR`. */
const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, nft: { type: 'string' }, listen: { type: 'string' }, api: { type: 'string' }, pods: { type: 'string' }, table: { type: 'string' } } });
const { kubeconfig, nft, listen, api, pods, table } = values;
if (!kubeconfig || !nft || !listen || !api || !pods || !table) {
  console.error('expected --kubeconfig, --nft, --listen, --api, --pods and --table');
  process.exit(3);
}
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => { stop.abort(); });
await keepNetwork({ kubeconfig, nft, listen, api, podRange: pods, table, signal: stop.signal });
process.exit(0);
