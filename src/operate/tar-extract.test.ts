import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Header, type HeaderData } from 'tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { extractTar } from './tar-extract.js';

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mostik-tar-'));
  target = join(folder, 'target');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An archive with just these entries, in chunks that end anywhere. */
function archive(...entries: (HeaderData & { content?: string })[]): Readable {
  const blocks = entries.flatMap(({ content = '', ...data }) => {
    const header = new Header({ mode: 0o644, size: Buffer.byteLength(content), mtime: new Date(0), type: 'File', ...data });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
    body.write(content);
    return [block, body];
  });
  const whole = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return Readable.from(Array.from({ length: Math.ceil(whole.length / 700) }, (_, i) => whole.subarray(i * 700, (i + 1) * 700)));
}

async function refusal(stream: Readable): Promise<string> {
  const error: unknown = await extractTar(stream, { path: target }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MostikError);
  const [diagnostic] = (error as MostikError).diagnostics;
  expect(diagnostic?.code).toBe('copy-entry-outside');
  return diagnostic?.message ?? '';
}

test('writes files, folders, links and exec bits', async () => {
  const done = await extractTar(
    archive({ path: './', type: 'Directory', mode: 0o755 }, { path: './sub', type: 'Directory', mode: 0o555 }, { path: './sub/run', content: 'run', mode: 0o4755 }, { path: './link', type: 'SymbolicLink', linkpath: 'sub/run' }, { path: './again', type: 'Link', linkpath: './sub/run' }, { path: './empty' }),
    { path: target },
  );
  expect(done).toEqual({ files: 3, bytes: 3, leftOut: [] });
  expect(readFileSync(join(target, 'link'), 'utf8')).toBe('run');
  expect(readFileSync(join(target, 'again'), 'utf8')).toBe('run');
  // No setuid bit comes from a container.
  expect(statSync(join(target, 'sub', 'run')).mode & 0o7777).toBe(0o755);
});

test.each(['../out', '/out', 'a/../../out'])('refuses the name %j', async (path) => {
  expect(await refusal(archive({ path: 'good', content: 'x' }, { path: path === '/out' ? join(folder, 'out') : path, content: 'evil' }))).toContain('refused');
  expect(existsSync(join(folder, 'out'))).toBe(false);
  expect(existsSync('/out')).toBe(false);
});

test('writes nothing through a link of the archive, whichever comes first', async () => {
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  const done = await extractTar(archive({ path: 'way', type: 'SymbolicLink', linkpath: outside }, { path: 'way/file', content: 'evil' }), { path: target });
  expect(done.leftOut).toEqual([`way: a link to ${outside}, which is outside`]);
  expect(existsSync(join(outside, 'file'))).toBe(false);
  expect(lstatSync(join(target, 'way')).isDirectory()).toBe(true);
});

test('writes nothing through a link that is there already, and replaces one at the name of a file', async () => {
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  mkdirSync(target);
  writeFileSync(join(outside, 'kept'), 'kept');
  symlinkSync(outside, join(target, 'way'));
  symlinkSync(join(outside, 'kept'), join(target, 'name'));
  expect(await refusal(archive({ path: 'name', content: 'new' }, { path: 'way/file', content: 'evil' }))).toContain('way is a link');
  expect(existsSync(join(outside, 'file'))).toBe(false);
  expect(readFileSync(join(outside, 'kept'), 'utf8')).toBe('kept');
  expect(readFileSync(join(target, 'name'), 'utf8')).toBe('new');
});

test('refuses a second name of a file that the archive does not hold', async () => {
  writeFileSync(join(folder, 'secret'), 'secret');
  expect(await refusal(archive({ path: 'a', type: 'Link', linkpath: '../secret' }))).toContain('outside');
  expect(await refusal(archive({ path: 'a', type: 'Link', linkpath: 'nothing' }))).toContain('which the archive has not');
});

test('takes only the one file that was asked for', async () => {
  const done = await extractTar(archive({ path: './name', content: 'content' }), { path: join(target, 'here'), only: 'name' });
  expect(done.files).toBe(1);
  expect(readFileSync(join(target, 'here'), 'utf8')).toBe('content');
  await expect(extractTar(archive({ path: './other', content: 'x' }), { path: join(target, 'here'), only: 'name' })).rejects.toThrow('only name was asked for');
});

test('says when an archive ends too early, and leaves devices out', async () => {
  const cut = Readable.from([((await archive({ path: 'a', content: 'x'.repeat(2000) }).toArray()) as Buffer[])[0]!]);
  await expect(extractTar(cut, { path: target })).rejects.toThrow(/TAR_BAD_ARCHIVE/);
  const done = await extractTar(archive({ path: 'null', type: 'CharacterDevice' }, { path: 'link', type: 'SymbolicLink', linkpath: 'a' }), { path: target });
  expect(done.leftOut).toEqual(['null: neither a file nor a folder']);
  expect(readlinkSync(join(target, 'link'))).toBe('a');
});
