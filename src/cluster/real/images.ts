import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../lib/write-atomically.js';
import { imageNamespace, ownImages, realLayout } from './layout.js';
import { imageArchive, pauseProgram } from './pause-image.js';
import type { Programs } from './requirements.js';

/** Writes the images that every node needs as archives, to be loaded once containerd answers. */
export function writeImages(root: string): void {
  const { images } = realLayout(root);
  const pause = pauseProgram(process.arch === 'arm64' ? 'arm64' : 'x64');
  const folders = ['dev', 'etc', 'proc', 'sys', 'tmp', 'var'].map((path) => ({ path, mode: path === 'tmp' ? 0o1777 : 0o755 }));
  const passwd = { path: 'etc/passwd', mode: 0o644, content: Buffer.from('root:x:0:0:root:/:/\nnobody:x:65534:65534:nobody:/:/\n') };
  writeAtomically(join(images, 'pause.tar'), imageArchive(ownImages.pause, [{ path: 'pause', mode: 0o755, content: pause }], ['/pause']));
  writeAtomically(join(images, 'empty.tar'), imageArchive(ownImages.empty, [...folders, passwd], []));
}

/** Loads them; false while containerd does not answer yet. */
export function loadImages(root: string, { ctr }: Programs): boolean {
  const { socket, images } = realLayout(root);
  if (!existsSync(socket)) return false;
  try {
    for (const file of readdirSync(images).filter((name) => name.endsWith('.tar'))) {
      execFileSync(ctr, ['--address', socket, '--namespace', imageNamespace, 'images', 'import', '--no-unpack', join(images, file)], { stdio: 'ignore', timeout: 20_000 });
    }
    return true;
  } catch {
    return false;
  }
}
