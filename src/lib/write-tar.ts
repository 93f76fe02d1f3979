import { gzipSync } from 'node:zlib';

const block = 512;

/** Writes files as a tar archive (POSIX ustar), gzipped. Names are paths with `/`; at most 255 characters. */
export function tarGz(files: ReadonlyMap<string, string | Buffer>, time: Date): Buffer {
  const parts: Buffer[] = [];
  for (const [name, content] of files) {
    const body = Buffer.from(content);
    parts.push(header(name, body.length, time), body, Buffer.alloc((block - (body.length % block)) % block));
  }
  parts.push(Buffer.alloc(2 * block));
  return gzipSync(Buffer.concat(parts));
}

function header(name: string, size: number, time: Date): Buffer {
  const out = Buffer.alloc(block);
  const [prefix, short] = splitName(name);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  out.write(short, 0, 100, 'utf8');
  out.write(octal(0o600, 8), 100);
  out.write(octal(0, 8), 108);
  out.write(octal(0, 8), 116);
  out.write(octal(size, 12), 124);
  out.write(octal(Math.floor(time.getTime() / 1000), 12), 136);
  out.write('        ', 148);
  out.write('0', 156);
  out.write('ustar\0', 257);
  out.write('00', 263);
  out.write(prefix, 345, 155, 'utf8');
  const sum = out.reduce((all, byte) => all + byte, 0);
  out.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return out;
}

/** A long name is parted at a slash: 155 bytes before it, 100 after. */
function splitName(name: string): [prefix: string, short: string] {
  if (Buffer.byteLength(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
    if (Buffer.byteLength(name.slice(0, at)) <= 155 && Buffer.byteLength(name.slice(at + 1)) <= 100) return [name.slice(0, at), name.slice(at + 1)];
  }
  throw new Error(`${name}: too long a name for an archive`);
}
