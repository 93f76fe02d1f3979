import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, posix, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { create } from 'tar';
import { refOf } from '../model/index.js';
import { failed, probePath, stripped, whole, type CopyContainer } from './copy-container.js';
import type { Moved } from './copy-from-pod.js';

interface Paths {
  local: string;
  remote: string;
  onProgress?: ((done: { files: number; bytes: number }) => void) | undefined;
}

/** What is left over is read too: a server that holds unread input does not tell how the command ended. */
const drained = '; code=$?; cat >/dev/null; exit $code';

/** Copies a file or a folder into a container, by its `tar`, or a file by `cat`. */
export async function upload(at: CopyContainer, { local, remote, onProgress }: Paths): Promise<Moved> {
  const probed = await probePath(at, remote);
  const { kind, parent, sh } = probed;
  const tar = probed.tar !== 'none';
  const source = await stat(local);
  const [isFolder, size] = [source.isDirectory(), source.size];
  const meansContent = isFolder && /(^|[\\/])\.\.?$/.test(local);
  const inside = (kind === 'folder' || remote.endsWith('/')) && !meansContent;
  const target = inside ? posix.join(remote, basename(resolve(local))) : stripped(remote);
  const shown = `${at.pod.metadata.name}:${remote}`;
  const folder = posix.dirname(target);
  if (kind === 'missing' && (remote.endsWith('/') || !parent)) throw failed(shown, `there is no folder ${remote.endsWith('/') ? remote : folder} in the container`, 'make it first: mostik run COMPONENT -- mkdir -p FOLDER');
  if (!tar && (isFolder || !sh)) throw failed(shown, 'the container has no tar, and without it only single files can be copied', 'copy its files one by one');
  const done = tar ? { files: 0, bytes: 0 } : { files: 1, bytes: size };
  const count = (bytes: number): void => {
    done.files++;
    done.bytes += bytes;
  };
  const content = tar ? packed({ path: await realpath(local), name: posix.basename(target) || '.', count }) : createReadStream(local);
  const direct = ['tar', '-xf', '-', '-C', folder];
  const command = !tar ? ['sh', '-c', `cat > "$1"${drained}`, 'sh', target] : sh ? ['sh', '-c', `tar -xf - -C "$1"${drained}`, 'sh', folder] : direct;
  let sent = 0;
  await send(at, { command, content, shown, onBytes: (bytes) => onProgress?.({ files: done.files, bytes: (sent += bytes) }) });
  return { ...done, leftOut: [], local, remote: target };
}

/** The archive of a file or folder under another name. Owners stay behind: they mean nobody in a container. */
function packed({ path, name, count }: { path: string; name: string; count(bytes: number): void }): Readable {
  // With `./`, so that a name is never read as an option.
  const own = `./${basename(path)}`;
  const archive = create(
    {
      cwd: dirname(path),
      portable: true,
      onWriteEntry: (entry) => {
        entry.path = `${name}${entry.path.slice(own.length)}`;
        if (entry.type === 'File') count(entry.stat?.size ?? 0);
      },
    },
    [own],
  );
  return Readable.from(archive as AsyncIterable<Buffer>);
}

interface Sending {
  command: string[];
  content: Readable;
  shown: string;
  onBytes(bytes: number): void;
}

async function send({ kube, pod, container, signal }: CopyContainer, { command, content, shown, onBytes }: Sending): Promise<void> {
  const session = await kube.exec(refOf(pod), { container, command, stdin: true, signal });
  const words = whole(session.stderr);
  words.catch(() => undefined);
  session.stdout.resume();
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  // A command that ended early says why by its exit.
  const [sent, { code, problem }] = await Promise.all([pipeline(content, counter, session.stdin).catch((error: unknown) => error), session.exit]);
  const said = (await words).toString('utf8');
  if (code !== 0) throw failed(shown, said || problem || `it ended with ${code ?? 'no code'}`);
  if (sent instanceof Error) throw failed(shown, sent.message);
}
