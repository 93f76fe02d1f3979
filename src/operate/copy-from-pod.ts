import { createWriteStream } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { refOf } from '../model/index.js';
import { failed, isFolder, missing, probePath, stripped, whole, type CopyContainer } from './copy-container.js';
import { extractTar, type Extracted } from './tar-extract.js';

interface Paths {
  local: string;
  remote: string;
  onProgress?: ((done: { files: number; bytes: number }) => void) | undefined;
}

/** What was copied, and the paths at which it stands. */
export type Moved = Extracted & { local: string; remote: string };

/** Copies a file or a folder out of a container, by its `tar`, or a file by `cat`. */
export async function download(at: CopyContainer, { local, remote, onProgress }: Paths): Promise<Moved> {
  const { kind, tar, executable } = await probePath(at, remote);
  const source = stripped(remote);
  if (kind === 'missing') throw missing(`${at.pod.metadata.name}:${remote}`);
  const base = posix.basename(source);
  const meansContent = base === '.' || base === '..' || base === '' || source === '/';
  // `$@`: names never become words of the shell.
  const command = tar === 'shell' ? ['sh', '-c', 'tar "$@"', 'sh'] : ['tar'];
  const path = (await isFolder(local)) && !meansContent ? join(local, base) : local;
  if (kind === 'folder') {
    if (tar === 'none') throw failed(`${at.pod.metadata.name}:${remote}`, 'the container has no tar, and without it only single files can be copied', 'copy its files one by one');
    return { ...(await unpack(at, [...command, '-cf', '-', '-C', source, '.'], { path, onProgress })), local: path, remote: source };
  }
  if (kind === 'file' && tar === 'none') return { ...(await byCat(at, source, { path, executable, onProgress })), local: path, remote: source };
  // `-h`: the file is meant, also where its name is a link.
  return { ...(await unpack(at, [...command, '-chf', '-', '-C', posix.dirname(source), `./${base}`], { path, only: base, onProgress })), local: path, remote: source };
}

async function unpack({ kube, pod, container, signal }: CopyContainer, command: string[], target: Parameters<typeof extractTar>[1]): Promise<Extracted> {
  const session = await kube.exec(refOf(pod), { container, command, signal });
  session.stdin.on('error', () => undefined).end();
  const words = whole(session.stderr);
  words.catch(() => undefined);
  const unpacked = await extractTar(session.stdout, target).catch(async (error: unknown) => {
    // What tar said explains an archive that ends too early; an entry that was refused explains itself.
    if (error instanceof Error && 'tarCode' in error) throw failed(`${pod.metadata.name}:${command.at(-2) ?? ''}`, (await words).toString('utf8') || error.message);
    throw error;
  });
  const { code, problem } = await session.exit;
  const said = (await words).toString('utf8');
  if (code !== 0 && !onlyChanged(said)) throw failed(pod.metadata.name, said || problem || `tar ended with ${code ?? 'no code'}`);
  return code === 0 ? unpacked : { ...unpacked, leftOut: [...unpacked.leftOut, ...said.trim().split('\n')] };
}

/** Files of a running program may grow while they are read, which GNU tar tells with an exit code of its own. */
function onlyChanged(said: string): boolean {
  const lines = said.trim().split('\n');
  return said.trim() !== '' && lines.every((line) => /file changed as we read it|file removed before we read it/i.test(line));
}

async function byCat({ kube, pod, container, signal }: CopyContainer, source: string, { path, executable, onProgress }: { path: string; executable: boolean; onProgress: Paths['onProgress'] }): Promise<Extracted> {
  await rm(path, { force: true });
  const session = await kube.exec(refOf(pod), { container, command: ['cat', source], signal });
  session.stdin.on('error', () => undefined).end();
  const words = whole(session.stderr);
  words.catch(() => undefined);
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      onProgress?.({ files: 0, bytes: (bytes += chunk.length) });
      yield chunk;
    }
  };
  await pipeline(session.stdout, counted, createWriteStream(path, { flags: 'wx' }));
  const { code, problem } = await session.exit;
  if (code !== 0) throw failed(`${pod.metadata.name}:${source}`, (await words).toString('utf8') || problem);
  if (executable) await chmod(path, 0o755);
  return { files: 1, bytes, leftOut: [] };
}
