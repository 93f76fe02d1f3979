import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { writeFully } from './write-fully.js';

const block = 512;

/** Writes one member of a .tar.gz to `target`. Throws when the archive has no such regular file. */
export async function extractMember(archive: string, member: string, target: string): Promise<void> {
  const file = await open(target, 'w', 0o755);
  try {
    const found = await pipeline(createReadStream(archive), createGunzip(), (pieces) => copyMember(pieces as AsyncIterable<Buffer>, member, file));
    if (!found) throw new Error(`${archive} holds no file ${member}`);
  } finally {
    await file.close();
  }
}

/** Walks the archive to its end, so that a damaged one is noticed behind the member too. */
async function copyMember(pieces: AsyncIterable<Buffer>, member: string, file: FileHandle): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0);
  let content = 0; // bytes of the current member still to come
  let padding = 0; // and of the zeros that fill its last block
  let wanted = false;
  let found = false;
  let written = 0;
  for await (const piece of pieces) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (;;) {
      if (content > 0) {
        const part = rest.subarray(0, content);
        if (part.length === 0) break;
        if (wanted) await writeFully(file, part, written);
        if (wanted) written += part.length;
        content -= part.length;
        rest = rest.subarray(part.length);
      } else if (padding > 0) {
        const skipped = Math.min(padding, rest.length);
        if (skipped === 0) break;
        padding -= skipped;
        rest = rest.subarray(skipped);
      } else {
        if (rest.length < block) break;
        const head = readHead(rest);
        rest = rest.subarray(block);
        content = head.size;
        padding = (block - (head.size % block)) % block;
        wanted = head.isFile && head.name === member;
        found ||= wanted;
      }
    }
  }
  if (content > 0) throw new Error('the archive ends in the middle of a file');
  return found;
}

function readHead(bytes: Buffer): { name: string; size: number; isFile: boolean } {
  const text = (from: number, length: number): string => bytes.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  const name = text(0, 100);
  const type = text(156, 1);
  return { name: prefix === '' ? name : `${prefix}/${name}`, size: parseInt(text(124, 12).trim() || '0', 8), isFile: type === '' || type === '0' };
}
