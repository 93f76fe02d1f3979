import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tarGz } from './write-tar.js';

test('the system\'s tar reads what is written, long names and empty files too', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mostik-tar-'));
  const long = `${'folder/'.repeat(15)}${'name'.repeat(20)}.txt`;
  const files = new Map<string, string>([['top/a.txt', 'hällo\n'], ['top/empty', ''], [long, 'x'.repeat(1500)]]);
  writeFileSync(join(dir, 'a.tar.gz'), tarGz(files, new Date()));
  execFileSync('tar', ['-xzf', 'a.tar.gz'], { cwd: dir });
  for (const [name, content] of files) expect(readFileSync(join(dir, name), 'utf8')).toBe(content);
  rmSync(dir, { recursive: true });
  expect(() => tarGz(new Map([['x'.repeat(300), '']]), new Date())).toThrow('too long');
});
