import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extractMember } from './tar-member.js';

const content = Buffer.from(Array.from({ length: 200_001 }, (_, i) => (i * 7919) % 251));
const deep = `release/${'a-long-folder-name/'.repeat(6)}program`;
let folder: string;
let archive: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mostik-tar-'));
  for (const name of ['release/first', 'release/program', deep]) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), name === 'release/first' ? 'x' : content);
  }
  archive = join(folder, 'release.tar.gz');
  execFileSync('tar', ['--format=ustar', '-czf', archive, '-C', folder, 'release']);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('one member is written byte for byte and can be run', async () => {
  const target = join(folder, 'out');
  await extractMember(archive, 'release/program', target);
  expect(readFileSync(target).equals(content)).toBe(true);
  expect(statSync(target).mode & 0o111).not.toBe(0);
});

test('a member whose name is split over two fields is found', async () => {
  const target = join(folder, 'out-deep');
  await extractMember(archive, deep, target);
  expect(readFileSync(target).equals(content)).toBe(true);
});

test('a member that is not in the archive is named', async () => {
  await expect(extractMember(archive, 'release/other', join(folder, 'none'))).rejects.toThrow('holds no file release/other');
});

test('an archive that ends early is refused', async () => {
  const short = join(folder, 'short.tar.gz');
  writeFileSync(short, readFileSync(archive));
  truncateSync(short, Math.floor(statSync(archive).size / 2));
  await expect(extractMember(short, deep, join(folder, 'none'))).rejects.toThrow(/unexpected end of file|ends in the middle/);
});
