import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { gitTracking } from '../git/index.js';
import { controllerKeys } from '../kube/index.js';
import { shownPath } from '../lib/shown-path.js';
import { writeAtomically } from '../lib/write-atomically.js';
import { formatRef, type KubeObject, type ResolvedPlatform } from '../model/index.js';
import { openItems, readClusterKeys, readKeyFiles, readSealedFile, secretObject, type FoundKeys, type SealTarget } from '../secrets/index.js';
import { clusterOf } from './secrets-list.js';
import type { TargetOptions } from './target.js';

/** What opens a sealed file. */
export interface UnsealOptions extends TargetOptions {
  /** The command, for messages. */
  where: string;
  sealingKeys: readonly string[];
  /** Reads the keys of the controller in the cluster. */
  fromCluster: boolean;
  /** The platform whose cluster that is; without one the kubeconfig says it. */
  platform?: ResolvedPlatform | undefined;
}

/** A sealed file that was opened. The Secret holds its values: it goes nowhere but where the user said. */
export interface Unsealed {
  file: string;
  target: SealTarget;
  items: { item: string; opened: boolean; bytes?: number }[];
  secret: KubeObject;
  values: ReadonlyMap<string, Buffer>;
  diagnostics: Diagnostic[];
}

/** Opens every value of a sealed file; those that do not open are told with the reason, all at once. */
export async function unsealFile(file: string, options: UnsealOptions): Promise<Unsealed> {
  const shown = shownPath(file);
  const read = readSealedFile(file);
  if (!read) throw new MostikError([diagnose('file-not-found', { what: options.where, path: shown, hint: 'name a file with a SealedSecret' })]);
  const { sealedSecret } = read;
  const found = await keysOf(options);
  const opened = openItems(sealedSecret, found.keys.map(({ key }) => key));
  const values = new Map(Object.entries(opened).flatMap(([item, one]) => ('value' in one ? [[item, one.value] as const] : [])));
  const items = Object.keys(opened).map((item) => ({ item, opened: values.has(item), ...(values.has(item) ? { bytes: values.get(item)?.length ?? 0 } : {}) }));
  const { target, templated } = sealedSecret;
  const object = formatRef({ apiVersion: '', kind: 'SealedSecret', namespace: target.namespace, name: target.name });
  const closed = items.filter((item) => !item.opened).map(({ item }) => item);
  const problem = found.keys.length === 0 ? `there is no key to open with (${found.tried})` : `no key opens it (tried: ${found.tried}), or it was sealed for another place`;
  const diagnostics: Diagnostic[] = [];
  if (closed.length > 0) diagnostics.push(diagnose('sealed-not-opened-item', { file: shown, object, items: closed.join(', '), problem }, { file: shown }));
  if (templated.length > 0) diagnostics.push(diagnose('sealed-templated', { file: shown, object, items: templated.join(', ') }, { file: shown }));
  return { file: shown, target, items, secret: secretObject(sealedSecret, Object.fromEntries(values)), values, diagnostics };
}

/** Writes a file that must stay out of Git: only the user may read it, and a path that Git has or would take is refused. */
export function writePrivate(file: string, text: string): void {
  refuseGit(file);
  try {
    writeAtomically(file, text);
  } catch (error) {
    throw new MostikError([diagnose('file-not-writable', { path: shownPath(file), problem: error instanceof Error && 'code' in error ? String(error.code) : String(error) })], { cause: error });
  }
}

/** Throws when Git has a file, or would take it with the next `git add`. */
export function refuseGit(file: string): void {
  const tracking = gitTracking(file);
  if (tracking !== 'tracked' && tracking !== 'untracked') return;
  const problem = tracking === 'tracked' ? 'has this file' : 'would take this file with the next `git add`';
  throw new MostikError([diagnose('private-file-in-git', { file: shownPath(file), problem })]);
}

async function keysOf({ sealingKeys, fromCluster, platform, where, ...target }: UnsealOptions): Promise<FoundKeys> {
  if (sealingKeys.length === 0 && !fromCluster) throw new MostikError([diagnose('sealing-key-needed', { where })]);
  const named = readKeyFiles(sealingKeys);
  if (!fromCluster) return named ?? { keys: [], tried: '' };
  const kube = await clusterOf(platform, target);
  const found = readClusterKeys(kube.context, await controllerKeys(kube, { signal: target.signal }));
  return { keys: [...(named?.keys ?? []), ...found.keys], tried: [named?.tried, found.tried].filter(Boolean).join('; ') };
}
