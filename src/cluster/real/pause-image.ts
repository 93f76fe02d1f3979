import { createHash } from 'node:crypto';

/**
 * An executable of some hundred bytes that sleeps for ever: what holds a pod's network open. Written by hand, since a compiler
 * or an image registry may not be at hand. ELF-64 as in the System V ABI: one header, one segment, three instructions.
 */
export function pauseProgram(arch: 'x64' | 'arm64'): Buffer {
  // x86-64: mov eax, 34 (pause); syscall; jmp back. arm64 has no pause: ppoll (73) without descriptors and without a limit.
  const code = arch === 'x64' ? Buffer.from('b8220000000f05ebf7', 'hex') : Buffer.concat([words(0xd2800928, 0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800004, 0xd4000001), words(0x17fffff9)]);
  const base = 0x400000n;
  const header = 64;
  const segment = 56;
  const out = Buffer.alloc(header + segment);
  out.write('\x7fELF', 0, 'latin1');
  out.set([2, 1, 1, 0], 4);
  out.writeUInt16LE(2, 16); // an executable
  out.writeUInt16LE(arch === 'x64' ? 62 : 183, 18);
  out.writeUInt32LE(1, 20);
  out.writeBigUInt64LE(base + BigInt(header + segment), 24); // entry
  out.writeBigUInt64LE(BigInt(header), 32); // program headers
  out.writeUInt16LE(header, 52);
  out.writeUInt16LE(segment, 54);
  out.writeUInt16LE(1, 56);
  const size = BigInt(header + segment + code.length);
  out.writeUInt32LE(1, header); // to be loaded
  out.writeUInt32LE(5, header + 4); // read, execute
  out.writeBigUInt64LE(0n, header + 8);
  out.writeBigUInt64LE(base, header + 16);
  out.writeBigUInt64LE(base, header + 24);
  out.writeBigUInt64LE(size, header + 32);
  out.writeBigUInt64LE(size, header + 40);
  out.writeBigUInt64LE(0x1000n, header + 48);
  return Buffer.concat([out, code]);
}

function words(...values: number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => out.writeUInt32LE(value >>> 0, i * 4));
  return out;
}

/** A file or folder of an image. */
export interface ImageFile {
  path: string;
  mode: number;
  content?: Buffer;
}

/** An image of one layer as `docker save` writes it, which every container runtime loads. The same files give the same bytes. */
export function imageArchive(name: string, files: readonly ImageFile[], entrypoint: readonly string[]): Buffer {
  const layer = tar(files);
  const layerDigest = sha256(layer);
  const config = Buffer.from(JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Entrypoint: entrypoint, Env: ['PATH=/bin'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
  }));
  const manifest = Buffer.from(JSON.stringify([{ Config: `${sha256(config)}.json`, RepoTags: [name], Layers: [`${layerDigest}/layer.tar`] }]));
  return tar([
    { path: `${sha256(config)}.json`, mode: 0o644, content: config },
    { path: `${layerDigest}/layer.tar`, mode: 0o644, content: layer },
    { path: 'manifest.json', mode: 0o644, content: manifest },
  ]);
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A tar archive (POSIX ustar), without times and owners. */
function tar(files: readonly ImageFile[]): Buffer {
  const parts = files.flatMap(({ path, mode, content }) => {
    const head = Buffer.alloc(512);
    head.write(content ? path : `${path}/`, 0, 100, 'utf8');
    head.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
    head.write('0000000\0', 108);
    head.write('0000000\0', 116);
    head.write(`${(content?.length ?? 0).toString(8).padStart(11, '0')}\0`, 124);
    head.write('00000000000\0', 136);
    head.write('        ', 148);
    head.write(content ? '0' : '5', 156);
    head.write('ustar\0' + '00', 257, 'latin1');
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const padding = Buffer.alloc((512 - ((content?.length ?? 0) % 512)) % 512);
    return content ? [head, content, padding] : [head];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
