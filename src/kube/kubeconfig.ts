import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asList, asString, isDict, type Dict } from '../lib/read-unknown.js';

/** A cluster and a user, as one context of a kubeconfig names them. */
export interface ClusterTarget {
  context: string;
  server: URL;
  /** PEM. */
  ca?: string;
  serverName?: string;
  insecure: boolean;
  proxyUrl?: string;
  namespace?: string;
  userName: string;
  /** The `user` entry as written, with file names made absolute. */
  user: Dict;
}

export interface TargetOptions {
  /** A file; by default the files of KUBECONFIG, else ~/.kube/config, else the ServiceAccount of the pod we run in. */
  kubeconfig?: string;
  /** By default the kubeconfig's current context. */
  context?: string;
}

/** Reads which cluster to speak to, and as whom. */
export async function readTarget({ kubeconfig, context }: TargetOptions): Promise<ClusterTarget> {
  const paths = kubeconfig !== undefined ? [resolve(kubeconfig)] : defaultPaths();
  const files = (await Promise.all(paths.map(readConfigFile))).filter((file) => file !== undefined);
  const shown = paths.join(delimiter);
  if (files.length === 0) {
    const pod = kubeconfig === undefined ? await serviceAccountTarget() : undefined;
    if (pod) return pod;
    const hint = kubeconfig !== undefined ? 'check the path given with --kubeconfig' : 'create a cluster with `mostik cluster create`, or name a file with --kubeconfig';
    throw new MostikError([diagnose('kubeconfig-missing', { path: shown, hint })]);
  }
  return pickContext(mergeConfigs(files), context, shown);
}

function defaultPaths(): string[] {
  const listed = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed.map((path) => resolve(path)) : [join(homedir(), '.kube', 'config')];
}

async function readConfigFile(path: string): Promise<Dict | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw invalid(path, `it cannot be read (${codeOf(error)})`, 'check the path and its permissions');
  }
  return absoluteFiles(await parseConfig(path, text), dirname(path));
}

async function parseConfig(path: string, text: string): Promise<Dict> {
  const isJson = text.trimStart().startsWith('{');
  // Imported here: it takes as long as the rest of a start, and Mostik's own kubeconfigs are JSON.
  const parse: (text: string) => unknown = isJson ? JSON.parse : (await import('yaml')).parse;
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw invalid(path, `it is not YAML: ${problem}`, 'repair the file, or name another one with --kubeconfig');
  }
  if (parsed === null || parsed === undefined) return {};
  if (!isDict(parsed)) throw invalid(path, 'it is not a map with clusters, users and contexts', 'name a kubeconfig with --kubeconfig');
  return parsed;
}

/** Names in a kubeconfig file are relative to its folder. */
function absoluteFiles(config: Dict, dir: string): Dict {
  const fix = (entry: unknown, section: 'cluster' | 'user', keys: string[]): unknown => {
    const inner = { ...asDict(asDict(entry)[section]) };
    for (const key of keys) {
      const value = asString(inner[key]);
      if (value) inner[key] = resolve(dir, value);
    }
    const exec = asDict(inner['exec']);
    const command = asString(exec['command']);
    // A bare command is looked up in PATH; one with a folder in it is a file beside the kubeconfig.
    if (command !== undefined && /[\\/]/.test(command)) inner['exec'] = { ...exec, command: resolve(dir, command) };
    return { ...asDict(entry), [section]: inner };
  };
  return {
    ...config,
    clusters: asList(config['clusters']).map((entry) => fix(entry, 'cluster', ['certificate-authority'])),
    users: asList(config['users']).map((entry) => fix(entry, 'user', ['client-certificate', 'client-key', 'tokenFile'])),
  };
}

interface MergedConfig {
  current?: string;
  clusters: Map<string, Dict>;
  users: Map<string, Dict>;
  contexts: Map<string, Dict>;
}

/** Merges as kubectl does: the first file to set a name or the current context wins. */
function mergeConfigs(files: Dict[]): MergedConfig {
  const merged: MergedConfig = { clusters: new Map(), users: new Map(), contexts: new Map() };
  for (const file of files) {
    const current = asString(file['current-context']);
    if (current && merged.current === undefined) merged.current = current;
    for (const [list, key] of [['clusters', 'cluster'], ['users', 'user'], ['contexts', 'context']] as const) {
      for (const entry of asList(file[list]).map(asDict)) {
        const name = asString(entry['name']);
        if (name !== undefined && !merged[list].has(name)) merged[list].set(name, asDict(entry[key]));
      }
    }
  }
  return merged;
}

async function pickContext(config: MergedConfig, wanted: string | undefined, path: string): Promise<ClusterTarget> {
  const name = wanted ?? config.current;
  const names = [...config.contexts.keys()];
  const known = names.length > 0 ? names.slice(0, 8).join(', ') + (names.length > 8 ? ', ...' : '') : 'no contexts';
  if (name === undefined) throw new MostikError([diagnose('context-missing', { path, known })]);
  const context = config.contexts.get(name);
  if (!context) {
    const near = didYouMean(name, names);
    const hint = near !== undefined ? `did you mean ${near}?` : 'choose one of these with --context';
    throw new MostikError([diagnose('context-unknown', { context: name, path, known, hint })]);
  }
  const clusterName = asString(context['cluster']) ?? '';
  const cluster = config.clusters.get(clusterName);
  const server = asString(cluster?.['server']);
  if (!cluster || server === undefined) {
    throw invalid(path, `context ${name} names cluster "${clusterName}", which has no entry with a server`, 'repair the file, or choose another context with --context');
  }
  return makeTarget({ name, path, context, cluster, server, user: config.users.get(asString(context['user']) ?? '') ?? {} });
}

interface ContextParts {
  name: string;
  path: string;
  context: Dict;
  cluster: Dict;
  server: string;
  user: Dict;
}

async function makeTarget({ name, path, context, cluster, server, user }: ContextParts): Promise<ClusterTarget> {
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw invalid(path, `context ${name}: its server "${server}" is not a URL`, 'a server reads https://HOST:PORT');
  }
  const target: ClusterTarget = {
    context: name,
    server: new URL(server),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    userName: asString(context['user']) ?? '(none)',
    user,
  };
  const ca = await dataOrFile(cluster, 'certificate-authority', path);
  if (ca !== undefined) target.ca = ca;
  const serverName = asString(cluster['tls-server-name']);
  if (serverName) target.serverName = serverName;
  const proxyUrl = asString(cluster['proxy-url']);
  if (proxyUrl) target.proxyUrl = proxyUrl;
  const namespace = asString(context['namespace']);
  if (namespace) target.namespace = namespace;
  return target;
}

/** Reads `KEY-data` (base64) or the file that `KEY` names, as PEM. */
export async function dataOrFile(entry: Dict, key: string, path: string): Promise<string | undefined> {
  const data = asString(entry[`${key}-data`]);
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  const file = asString(entry[key]);
  if (!file) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw invalid(path, `${key} names ${file}, which cannot be read (${codeOf(error)})`, 'repair the file, or choose another context with --context');
  }
}

const podFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The target of a process in a pod: the ServiceAccount's token and the Service of the API server. */
async function serviceAccountTarget(): Promise<ClusterTarget | undefined> {
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  const port = process.env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const ca = await readFile(join(podFolder, 'ca.crt'), 'utf8').catch(() => undefined);
  if (ca === undefined) return undefined;
  const server = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  return { context: 'in-cluster', server, ca, insecure: false, userName: 'service account', user: { tokenFile: join(podFolder, 'token') } };
}

function invalid(path: string, problem: string, hint: string): MostikError {
  return new MostikError([diagnose('kubeconfig-invalid', { path, problem, hint })]);
}

function codeOf(error: unknown): string {
  return asString(asDict(error)['code']) ?? String(error);
}
