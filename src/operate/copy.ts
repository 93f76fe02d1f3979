import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { formatRef, refOf } from '../model/index.js';
import { missing, type CopyContainer } from './copy-container.js';
import { download } from './copy-from-pod.js';
import { upload } from './copy-to-pod.js';
import { containerToUse, podToUse } from './pod-state.js';
import { listSelected, selectPods, type Workplace } from './select-pods.js';

/** One end of a copy. */
export type CopySide = { place: 'here'; path: string } | { place: 'pod'; word: string; path: string };

export interface CopyRequest {
  source: string;
  destination: string;
  container?: string | undefined;
  onProgress?: (done: { files: number; bytes: number }) => void;
  signal: AbortSignal;
}

/** What was copied from where to where. */
export interface Copied {
  pod: string;
  container: string;
  source: string;
  destination: string;
  files: number;
  bytes: number;
  /** What was not copied, each with its reason. */
  leftOut: string[];
}

/** Copies a file or a folder into a container, or out of it. A folder that is there already takes the copy in, as with `cp -r`; a source that ends in `/.` means its content. */
export async function copy(workplace: Workplace, request: CopyRequest): Promise<Copied> {
  const [from, to] = [sideOf(request.source), sideOf(request.destination)];
  const remote = from.place === 'pod' ? from : to.place === 'pod' ? to : undefined;
  const local = from.place === 'here' ? from : to.place === 'here' ? to : undefined;
  if (!remote || !local || remote.path === '') throw new MostikError([diagnose('copy-sides', { source: request.source, destination: request.destination })]);
  const isUpload = from === local;
  if (isUpload) await access(local.path, constants.R_OK).catch(() => { throw missing(local.path); });
  const { kube } = workplace.target;
  const selection = await selectPods(workplace, [remote.word]);
  const pods = await listSelected(kube, selection, request.signal);
  const { pod } = await podToUse(workplace.target, { selection, pods, verb: isUpload ? 'copy to' : 'copy from' });
  const container = containerToUse(pod, request.container);
  const stop = new AbortController();
  const at: CopyContainer = { kube, pod, container, signal: AbortSignal.any([request.signal, stop.signal]) };
  try {
    const done = isUpload ? await upload(at, { local: local.path, remote: remote.path, onProgress: request.onProgress }) : await download(at, { local: local.path, remote: remote.path, onProgress: request.onProgress });
    const place = `${pod.metadata.name}:${done.remote}`;
    return { pod: formatRef(refOf(pod)), container, source: isUpload ? local.path : place, destination: isUpload ? place : done.local, files: done.files, bytes: done.bytes, leftOut: done.leftOut };
  } finally {
    // A copy that failed must not leave a command running in the container.
    stop.abort();
  }
}

/** Reads one end: what has a colon after a name is in a pod; paths begin with `.`, `/` or `~`, or have no colon. */
export function sideOf(text: string): CopySide {
  const colon = text.indexOf(':');
  const isHere = colon <= 0 || /^[./~]/.test(text) || (process.platform === 'win32' && /^[a-z]:[\\/]/i.test(text));
  return isHere ? { place: 'here', path: text } : { place: 'pod', word: text.slice(0, colon), path: text.slice(colon + 1) };
}
