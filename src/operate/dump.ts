import { arch, platform as system, release } from 'node:os';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { ownVersion } from '../lib/version.js';
import { yamlText } from '../lib/write-yaml.js';
import { tarGz } from '../lib/write-tar.js';
import { containerStatusesOf, formatRef, refOf, type KubeObject, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import { planPlatform, type PlanOptions } from '../pipeline.js';
import { planJson } from '../plan/index.js';
import { envSecrets } from './dump-env.js';
import { dumpSecrets, maskedObject, maskedText } from './dump-mask.js';
import { platformEvents } from './events.js';
import { platformHistory } from './history.js';
import { podsByComponent, readLivePlatform, type DeclaredPods, type LivePlatform, type PlatformPlace } from './live-platform.js';
import { platformStatus } from './status.js';
import type { Target } from './target.js';

/** A support bundle: its files by path, without secret values, and what could not be read. */
export interface Dump {
  files: Map<string, string>;
  missing: string[];
}

/** What is dumped, and how much of it. */
export interface DumpOptions extends Omit<PlanOptions, 'flags'> {
  platform: ResolvedPlatform;
  place: PlatformPlace;
  declared: DeclaredPods;
  /** Lines of each container's log. */
  lines: number;
  signal: AbortSignal;
}

/** Collects what somebody needs who is to help: versions, files, plan, status, events, objects, pods, logs, nodes. A part that cannot be read is named instead. */
export async function collectDump(target: Target, options: DumpOptions): Promise<Dump> {
  const { kube } = target;
  const { platform, place, declared, signal } = options;
  const live = await readLivePlatform(kube, place, signal);
  const table = await secretTable(kube, live, platform);
  const dump: Dump = { files: new Map(), missing: [] };
  const part = async (name: string, read: () => Promise<string | object>): Promise<void> => {
    try {
      const content = await read();
      dump.files.set(name, maskedText(typeof content === 'string' ? content : `${JSON.stringify(content, undefined, 2)}\n`, table));
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof MostikError ? error.diagnostics.map(({ message }) => message).join('; ') : String(error);
      dump.missing.push(maskedText(`${name}: ${reason}`, table));
    }
  };
  await part('versions.json', async () => ({ mostik: ownVersion(), node: process.version, system: `${system()} ${release()} ${arch()}`, server: await kube.version(signal), cluster: target.clusterName, simulated: target.simulated }));
  for (const file of platform.inputs) await part(`platform/${relative(platform.root, file)}`, () => Promise.resolve(readFileSync(file, 'utf8')));
  await part('plan.json', async () => planJson((await planPlatform(platform, kube, options)).plan));
  await part('status.json', () => platformStatus(target, place, { declared, why: true, signal }));
  await part('history.json', () => platformHistory(kube, place));
  await part('events.json', () => platformEvents(kube, place, { names: [], declared, signal }));
  await part('nodes.yaml', async () => yamlText((await kube.list('v1', 'Node', { signal })).items.map((node) => maskedObject(node, table))));
  for (const { name, objects } of live.components) for (const object of objects) await part(`objects/${name}/${fileName(formatRef(refOf(object)))}.yaml`, () => Promise.resolve(yamlText(maskedObject(object, table))));
  await addPods(kube, live, { part, table, options });
  dump.files.set('contents.txt', contents(dump));
  return dump;
}

/** The bundle as an archive, everything below one folder. */
export function archiveDump({ files }: Dump, folder: string, time: Date): Buffer {
  return tarGz(new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, content]) => [`${folder}/${name}`, content])), time);
}

interface Adding {
  part(name: string, read: () => Promise<string | object>): Promise<void>;
  table: SecretTable;
  options: DumpOptions;
}

async function addPods(kube: Kube, live: LivePlatform, { part, table, options: { declared, lines, signal } }: Adding): Promise<void> {
  const pods = await podsByComponent(kube, live.state, { declared, signal });
  for (const [component, list] of pods) {
    for (const pod of list) {
      const name = `${component}/${pod.metadata.name}`;
      await part(`pods/${name}.yaml`, () => Promise.resolve(yamlText(maskedObject(pod, table))));
      for (const { container, restarts, started } of containersOf(pod)) {
        const log = (previous: boolean) => (): Promise<string> => readLog(kube, pod, { container, previous, lines, signal });
        if (started) await part(`logs/${name}.${container}.log`, log(false));
        if (restarts > 0) await part(`logs/${name}.${container}.previous.log`, log(true));
      }
    }
  }
}

function containersOf(pod: KubeObject): { container: string; restarts: number; started: boolean }[] {
  return containerStatusesOf(pod).map((status) => ({
    container: asString(valueAt(status, 'name')) ?? '',
    restarts: asNumber(valueAt(status, 'restartCount')) ?? 0,
    started: valueAt(status, 'state', 'waiting') === undefined || valueAt(status, 'lastState', 'terminated') !== undefined,
  }));
}

async function readLog(kube: Kube, pod: KubeObject, { container, previous, lines, signal }: { container: string; previous: boolean; lines: number; signal: AbortSignal }): Promise<string> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(20_000)]);
  let text = '';
  for await (const line of kube.logs(refOf(pod), { container, tailLines: lines, timestamps: true, ...(previous ? { previous } : {}), signal: limited })) text += `${line}\n`;
  return text;
}

/** The values to look for: those the cluster keeps, those of `.env`, and those in the Secrets of the platform's namespaces. */
async function secretTable(kube: Kube, live: LivePlatform, platform: ResolvedPlatform): Promise<SecretTable> {
  const namespaces = [...new Set([...live.objects.values()].flatMap(({ metadata }) => metadata.namespace ?? []))];
  const secrets = (await Promise.all(namespaces.map((namespace) => kube.list('v1', 'Secret', { namespace })))).flatMap(({ items }) => items);
  const known = new Map([...live.state.secrets, ...envSecrets(platform)]);
  const names = [platform.name, ...namespaces, ...live.components.map(({ name }) => name), ...[...live.objects.values()].map(({ metadata }) => metadata.name)];
  return dumpSecrets(known, secrets, names);
}

function fileName(text: string): string {
  return text.replace(/[^\w.-]+/g, '_');
}

function contents({ files, missing }: Dump): string {
  const lines = [...files].map(([name, text]) => `${String(Buffer.byteLength(text)).padStart(9)}  ${name}`).sort((a, b) => (a.slice(11) < b.slice(11) ? -1 : 1));
  return `Bytes, file. Secret values are replaced by ***.\n${lines.join('\n')}\n${missing.length > 0 ? `\nNot there:\n${missing.join('\n')}\n` : ''}`;
}
