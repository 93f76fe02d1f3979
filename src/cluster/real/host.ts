import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { networks } from '../networks.js';
import { writeAtomically } from '../../lib/write-atomically.js';
import type { ClusterRecord } from '../record.js';
import { cniConfig, containerdConfig, kubeletConfig } from './configuration.js';
import { cgroupFolders } from './cgroups.js';
import { realLayout, realNetworks, tables } from './layout.js';
import { writeRegistry } from './registry.js';
import type { Programs } from './requirements.js';

/** What was on the machine before, so that it can be put back. */
interface Before {
  forwarding: string;
}

const forwarding = '/proc/sys/net/ipv4/ip_forward';

/**
 * Prepares the machine for a real node: configuration files, the node's address on the loopback interface (other interfaces
 * for it cannot be had everywhere), forwarding, our table of rules, and the parent of the pods' cgroups.
 */
export function prepareHost(record: ClusterRecord, programs: Programs): void {
  const layout = realLayout(record.folder);
  for (const path of [layout.root, layout.cniConfig, layout.kubelet, layout.podLogs, layout.images]) mkdirSync(path, { recursive: true, mode: 0o700 });
  writeAtomically(layout.containerdConfig, containerdConfig(record, programs));
  writeAtomically(join(layout.cniConfig, '10-mostik.conflist'), cniConfig(record));
  writeAtomically(layout.kubeletConfig, kubeletConfig(record));
  writeRegistry(record);
  const before = join(layout.root, 'before.json');
  if (!existsSync(before)) writeAtomically(before, JSON.stringify({ forwarding: readFileSync(forwarding, 'utf8').trim() } satisfies Before));
  writeFileSync(forwarding, '1');
  execFileSync(programs.ip, ['address', 'replace', `${realNetworks.node}/32`, 'dev', 'lo']);
  execFileSync(programs.ip, ['route', 'replace', 'local', realNetworks.loadBalancers, 'dev', 'lo']);
  // Each pod has a route of its own; what is sent to one that is gone stays here.
  execFileSync(programs.ip, ['route', 'replace', 'unreachable', realNetworks.pods]);
  execFileSync(programs.nft, ['-f', '-'], { input: baseRules() });
  for (const folder of cgroupFolders(layout.cgroup)) mkdirSync(folder, { recursive: true });
}

/** Puts the machine back as it was, as far as addresses, forwarding and rules go. Nothing of it fails when it is gone already. */
export function restoreHost(root: string, programs: Programs): void {
  const layout = realLayout(root);
  quietly(() => execFileSync(programs.ip, ['address', 'del', `${realNetworks.node}/32`, 'dev', 'lo'], { stdio: 'ignore' }));
  quietly(() => execFileSync(programs.ip, ['route', 'del', 'local', realNetworks.loadBalancers, 'dev', 'lo'], { stdio: 'ignore' }));
  quietly(() => execFileSync(programs.ip, ['route', 'del', 'unreachable', realNetworks.pods], { stdio: 'ignore' }));
  for (const [family, name] of [['ip', tables.own], ['ip', tables.policies], ['ip', tables.proxy], ['ip6', tables.proxy]] as const) {
    quietly(() => execFileSync(programs.nft, ['delete', 'table', family, name], { stdio: 'ignore' }));
  }
  const before = join(layout.root, 'before.json');
  quietly(() => writeFileSync(forwarding, (JSON.parse(readFileSync(before, 'utf8')) as Before).forwarding));
}

/**
 * Traffic of pods that leaves the machine carries its address; traffic to Services never leaves it: before kube-proxy
 * has its rules, and for a Service that is gone, somebody out there might answer. The network agent puts in the rest.
 */
function baseRules(): string {
  const refuse = ['meta l4proto tcp reject with tcp reset', 'reject with icmp host-unreachable'];
  const stay = (hook: string): string[] => [
    `  chain stay-${hook} {`,
    `    type filter hook ${hook} priority filter; policy accept;`,
    `    ip daddr ${networks.services} jump refuse`,
    '  }',
  ];
  return [
    `table ip ${tables.own} {}`,
    `delete table ip ${tables.own}`,
    `table ip ${tables.own} {`,
    '  chain leave {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    ip saddr ${realNetworks.pods} ip daddr != { ${realNetworks.pods}, ${realNetworks.node} } oifname != "lo" masquerade`,
    '  }',
    '  chain refuse {',
    ...refuse.map((line) => `    ${line}`),
    '  }',
    ...stay('forward'),
    ...stay('output'),
    '}',
    '',
  ].join('\n');
}

/** Runs what may find nothing to do. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // It is gone already, or was never there: the state that is wanted.
  }
}
