import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asDict, asList, asString, valueAt } from '../../lib/read-unknown.js';
import { processesIn, removeCgroup } from './cgroups.js';
import { quietly, restoreHost } from './host.js';
import { imageNamespace, realLayout, type RealLayout } from './layout.js';
import type { Programs } from './requirements.js';

/** What CNI notes of each network it has made, named by its configuration's name, the container and the interface. */
const cniResults = '/var/lib/cni/results';

/**
 * Takes away everything that pods of a real node have left on the machine: processes, mounts, network namespaces (with their
 * interfaces), cgroups, rules, addresses, and files outside of the cluster's folder. Works from what is on the disk, so it
 * does the same after every process was killed. The components of the node must have ended.
 */
export async function clearNode(root: string, programs: Programs): Promise<void> {
  const layout = realLayout(root);
  if (!existsSync(layout.root)) return;
  const containers = containersOf(layout);
  await endProcesses(layout, containers);
  const outside = networksOutside(layout, containers);
  // The namespaces of pods are mounts in there too, also of one that was being started when its node ended.
  unmountBelow(realpathSync(layout.root));
  for (const namespace of outside) removeNetwork(namespace, programs);
  for (const { id } of containers) quietly(() => { rmSync(shimSocket(layout, id), { force: true }); });
  removeOutside(layout, containers);
  for (let i = 0; i < 50 && processesIn(layout.cgroup).length > 0; i++) await sleep(20);
  removeCgroup(layout.cgroup);
  restoreHost(root, programs);
  for (const path of [layout.containerdState, layout.addresses, layout.podLogs, join(layout.kubelet, 'pods')]) rmSync(path, { recursive: true, force: true });
}

interface Container {
  id: string;
  /** Path of its network namespace. */
  network?: string;
}

/** The containers that containerd had running, by the files of its runtime. */
function containersOf(layout: RealLayout): Container[] {
  const folder = join(layout.containerdState, 'io.containerd.runtime.v2.task', imageNamespace);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((id) => {
    const network = networkOf(join(folder, id, 'config.json'));
    return { id, ...(network === undefined ? {} : { network }) };
  });
}

function networkOf(file: string): string | undefined {
  try {
    const namespaces = asList(valueAt(JSON.parse(readFileSync(file, 'utf8')), 'linux', 'namespaces')).map(asDict);
    return namespaces.flatMap(({ type, path }) => (type === 'network' ? (asString(path) ?? []) : []))[0];
  } catch {
    return undefined;
  }
}

/** Ends the processes of pods, and the shims that hold them: those whose command line names our socket. */
async function endProcesses(layout: RealLayout, containers: readonly Container[]): Promise<void> {
  const ids = new Set(containers.map(({ id }) => id));
  for (let round = 0; round < 100; round++) {
    const pids = [...new Set([...shims(layout, ids), ...processesIn(layout.cgroup)])];
    if (pids.length === 0) return;
    for (const pid of pids) quietly(() => { process.kill(pid, 'SIGKILL'); });
    await sleep(30);
  }
}

function shims(layout: RealLayout, ids: ReadonlySet<string>): number[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number).filter((pid) => {
    const words = commandLine(pid);
    return words[0]?.includes('containerd-shim') === true && (words.includes(layout.socket) || words.some((word) => ids.has(word) && words.includes(layout.socket)));
  });
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Unmounts everything below a folder, the deepest first. */
function unmountBelow(folder: string): void {
  const points = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    .map((line) => unescaped(line.split(' ')[4] ?? ''))
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
  for (const point of points) quietly(() => execFileSync('umount', ['--lazy', point], { stdio: 'ignore' }));
}

/** Mount points are written with octal escapes (proc(5)). */
function unescaped(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/**
 * Network namespaces that lie outside of the cluster's folder: those of its containers, and those in what CNI has noted under
 * the name of its network. Addresses would tell nothing: others may give out the same ones.
 */
function networksOutside(layout: RealLayout, containers: readonly Container[]): Set<string> {
  const noted = entries(cniResults).filter((name) => name.startsWith(`${layout.network}-`)).flatMap((name) => sandboxesIn(join(cniResults, name)));
  return new Set([...containers.flatMap(({ network }) => network ?? []), ...noted]);
}

function sandboxesIn(file: string): string[] {
  try {
    return asList(valueAt(JSON.parse(readFileSync(file, 'utf8')), 'result', 'interfaces')).map(asDict).flatMap(({ sandbox }) => asString(sandbox) ?? []);
  } catch {
    return [];
  }
}

/** A network namespace that goes takes its end of each interface with it, and so the other end. */
function removeNetwork(path: string, programs: Programs): void {
  const name = /^(?:\/var)?\/run\/netns\/(cni-[\w-]+)$/.exec(path)?.[1];
  if (name === undefined) return;
  quietly(() => execFileSync(programs.ip, ['netns', 'delete', name], { stdio: 'ignore' }));
}

/** containerd 1 and 2 keep the sockets of their shims here, named by where the container is. */
function shimSocket(layout: RealLayout, id: string): string {
  return join('/run/containerd/s', createHash('sha256').update(join(layout.socket, imageNamespace, id)).digest('hex'));
}

/** What CNI and the kubelet keep in folders of the system. */
function removeOutside(layout: RealLayout, containers: readonly Container[]): void {
  const ids = new Set([...containers.map(({ id }) => id), ...entries(cniResults).flatMap((name) => new RegExp(`^${layout.network}-(.+)-eth0$`).exec(name)?.[1] ?? [])]);
  for (const name of entries(cniResults)) if (name.startsWith(`${layout.network}-`) || [...ids].some((id) => name.includes(id))) quietly(() => { rmSync(join(cniResults, name)); });
  const logs = '/var/log/containers';
  for (const name of entries(logs)) {
    const path = join(logs, name);
    quietly(() => {
      if (lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith(layout.podLogs)) rmSync(path);
    });
  }
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
