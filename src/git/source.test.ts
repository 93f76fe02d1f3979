import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitSource } from './source.js';

describe('where a platform comes from', () => {
  let folder: string;
  const git = (...args: string[]): void => { execFileSync('git', args, { cwd: folder, stdio: 'pipe' }); };
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-git-')));
    writeFileSync(join(folder, 'platform.yaml'), 'a: 1\n');
  });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it('is the file alone outside of Git', async () => {
    expect(await gitSource(join(folder, 'platform.yaml'))).toEqual({ path: 'platform.yaml' });
  });

  it('is remote without credentials, path and commit, marked when files differ', async () => {
    git('init', '-q');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '--allow-empty', '-m', 'first');
    git('add', 'platform.yaml');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '-m', 'second');
    git('remote', 'add', 'origin', 'https://somebody:secret@git.example.org/team/infra.git');
    const source = await gitSource(join(folder, 'platform.yaml'));
    expect(source).toEqual({ remote: 'git.example.org/team/infra', path: 'platform.yaml', revision: expect.stringMatching(/^[0-9a-f]{40}$/) });
    git('remote', 'set-url', 'origin', 'git@git.example.org:team/infra.git');
    expect((await gitSource(join(folder, 'platform.yaml'))).remote).toBe('git.example.org/team/infra');
    git('remote', 'set-url', 'origin', folder);
    expect((await gitSource(join(folder, 'platform.yaml'))).remote).toBeUndefined();
    process.env['GIT_DIR'] = '/nowhere';
    try {
      expect((await gitSource(join(folder, 'platform.yaml'))).path).toBe('platform.yaml');
      expect((await gitSource(join(folder, 'platform.yaml'))).revision).toMatch(/^[0-9a-f]{40}$/);
    } finally {
      delete process.env['GIT_DIR'];
    }
    writeFileSync(join(folder, 'platform.yaml'), 'a: 2\n');
    expect((await gitSource(join(folder, 'platform.yaml'))).revision).toMatch(/-dirty$/);
  });
});
