import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs of the machine that a real node needs, absolute. */
export interface Programs {
  containerd: string;
  ctr: string;
  runc: string;
  nft: string;
  ip: string;
  /** Folder of the CNI plug-ins `ptp`, `host-local`, `loopback`. */
  cni: string;
}

/** Something that a real node needs and this machine does not have. */
export interface Lack {
  what: string;
  /** What to do about it. */
  wayOut: string;
}

const install = 'on Debian and Ubuntu: apt-get install containerd runc containernetworking-plugins nftables iproute2';
const cniFolders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const cniPlugins = ['ptp', 'host-local', 'loopback'];

/** Finds what a real node needs on this machine, or everything that is lacking. Starts nothing. */
export function findPrograms(env: NodeJS.ProcessEnv = process.env): { programs: Programs; lacks: [] } | { programs?: undefined; lacks: Lack[] } {
  if (process.platform !== 'linux') return { lacks: [{ what: 'Linux', wayOut: 'use simulated nodes here, or a Linux machine (a virtual one will do) for nodes: real' }] };
  const lacks: Lack[] = [];
  if (process.getuid?.() !== 0) lacks.push({ what: 'root', wayOut: 'run as root (sudo), or use simulated nodes' });
  const path = `${env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin${delimiter}/usr/local/sbin`;
  const find = (name: string): string => {
    const found = path.split(delimiter).map((folder) => join(folder, name)).find(isProgram);
    if (found === undefined) lacks.push({ what: `program ${name}`, wayOut: install });
    return found ?? '';
  };
  const programs = { containerd: find('containerd'), ctr: find('ctr'), runc: find('runc'), nft: find('nft'), ip: find('ip') };
  const cni = cniFolders.find((folder) => cniPlugins.every((plugin) => isProgram(join(folder, plugin))));
  if (cni === undefined) lacks.push({ what: `CNI plug-ins ${cniPlugins.join(', ')} in ${cniFolders.join(' or ')}`, wayOut: install });
  lacks.push(...kernelLacks());
  return lacks.length > 0 ? { lacks } : { programs: { ...programs, cni: cni ?? '' }, lacks: [] };
}

function kernelLacks(): Lack[] {
  const lacks: Lack[] = [];
  const filesystems = read('/proc/filesystems');
  if (!/\boverlay\b/.test(filesystems)) lacks.push({ what: 'overlay file system', wayOut: 'load it: modprobe overlay' });
  if (!existsSync('/proc/self/ns/net')) lacks.push({ what: 'network namespaces', wayOut: 'use a kernel that has them, or simulated nodes' });
  if (!isWritable('/proc/sys/net/ipv4/ip_forward')) lacks.push({ what: 'writable /proc/sys/net', wayOut: 'run outside of a container, or in a privileged one' });
  if (!isWritable('/sys/fs/cgroup')) lacks.push({ what: 'writable /sys/fs/cgroup', wayOut: 'run outside of a container, or in a privileged one' });
  return lacks;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
