import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, type Ended } from './test-cli.js';

const platform = `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: unit-test-of-secrets }
spec:
  secrets:
    db: { generate: {} }
    smtp: {}
    odd: { env: OTHER_NAME }
  components:
    web: { workload: { image: nginx:1.27, env: { PASSWORD: { secret: db }, SMTP: { secret: smtp } } } }
`;

describe('mostik secrets', () => {
  let dir: string;
  const path = (name: string): string => join(dir, name);
  const mostik = (...args: string[]): Promise<Ended> => runCli(['secrets', ...args]);
  const shown = ({ code, err }: Ended): string => `${code} ${/error\[([a-z-]+)\]/.exec(err)?.[1] ?? 'no error'}`;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'mostik-secrets-'));
    writeFileSync(path('platform.yaml'), platform);
    mkdirSync(path('keys'));
    expect((await mostik('new-key', dir, '--out', path('keys/own.key'))).code).toBe(0);
  }, 120_000);
  afterAll(() => { rmSync(dir, { recursive: true }); });

  test('list says where each value comes from before anything is applied', async () => {
    writeFileSync(path('.env'), 'SMTP=from-dot-env\n', { mode: 0o600 });
    const { code, out } = await mostik('list', dir);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toEqual([
      'unit-test-of-secrets  cluster unit-test-of-secrets was not asked: cluster unit-test-of-secrets: does not exist',
      '',
      'SECRET  VALUE                          SEALED IN GIT  TAKEN BY',
      'db      + made by the next apply       no             web env PASSWORD',
      'smtp    ✓ .env SMTP                    no             web env SMTP',
      'odd     ✗ missing: OTHER_NAME in .env  no             nobody',
    ]);
    expect(JSON.parse((await mostik('list', dir, '-o', 'json')).out)).toMatchObject({ version: 1, secrets: [{ name: 'db', source: 'generate' }, { name: 'smtp', source: 'env', uses: [{ component: 'web', path: 'env SMTP' }] }, { name: 'odd', source: 'missing', env: 'OTHER_NAME' }] });
  });

  test('one value is shown when it is asked for by name, and only then', async () => {
    expect(await mostik('list', dir, '--reveal', 'smtp')).toMatchObject({ code: 0, out: 'from-dot-env\n', err: '' });
    expect((await mostik('list', dir)).out).not.toContain('from-dot-env');
    expect(shown(await mostik('list', dir, '--reveal', 'smpt'))).toBe('3 secret-not-declared');
    expect((await mostik('list', dir, '--reveal', 'smpt')).err).toContain('did you mean smtp?');
    expect(shown(await mostik('list', dir, '--reveal', 'db'))).toBe('3 seal-no-value');
    expect(shown(await mostik('list', dir, '--reveal', 'smtp', '-o', 'json'))).toBe('3 argument-invalid');
  });

  test('seal takes what components take, makes values only when told to, and saves those', async () => {
    expect(shown(await mostik('seal', dir))).toBe('3 seal-no-value');
    expect((await mostik('seal', dir, '--secret', 'smtp')).code).toBe(0);
    expect((await mostik('seal', dir, '--generate')).code).toBe(0);
    const env = readFileSync(path('.env'), 'utf8');
    expect(env).toMatch(/^SMTP=from-dot-env\nDB=[A-Za-z0-9]{24}\nMOSTIK_SEED=[0-9a-f]{32}\n$/);
    const sealed = readFileSync(path('secrets.sealed.yaml'), 'utf8');
    expect([...sealed.matchAll(/^ {4}([a-z-]+): Ag/gm)].map(([, name]) => name)).toEqual(['smtp', 'db', 'mostik-seed']);
    expect(statSync(path('secrets.sealed.yaml')).mode & 0o044).toBe(0o044);
    const opened = await mostik('unseal', path('secrets.sealed.yaml'), '--sealing-key', path('keys/own.key'), '--reveal', 'db');
    expect(env).toContain(`DB=${opened.out.trim()}\n`);
  });

  test('a changed value in .env is sealed anew; a difference to Git is told', async () => {
    const sealed = readFileSync(path('secrets.sealed.yaml'), 'utf8');
    writeFileSync(path('.env'), readFileSync(path('.env'), 'utf8').replace('from-dot-env', 'another-value'), { mode: 0o600 });
    const key = ['--sealing-key', path('keys/own.key')];
    expect((await mostik('list', dir, ...key)).out).toMatch(/^smtp .* \S*secrets\.sealed\.yaml, another value /m);
    expect((await mostik('seal', dir, ...key)).out).toMatch(/\+ smtp {2}sealed, another value than before\n/);
    const lines = (text: string): string[] => text.split('\n');
    const changed = lines(readFileSync(path('secrets.sealed.yaml'), 'utf8')).filter((line) => !lines(sealed).includes(line));
    expect(changed.map((line) => line.trim().split(':')[0])).toEqual(['smtp']);
  });

  test('an opened Secret goes into a file that its owner alone may read', async () => {
    const args = ['unseal', path('secrets.sealed.yaml'), '--sealing-key', path('keys/own.key')];
    expect((await mostik(...args, '--out', path('keys/plain.yaml'))).out).not.toContain('another-value');
    expect(statSync(path('keys/plain.yaml')).mode & 0o777).toBe(0o600);
    expect(readFileSync(path('keys/plain.yaml'), 'utf8')).toContain(Buffer.from('another-value').toString('base64'));
    expect(JSON.parse((await mostik(...args, '-o', 'json')).out)).toMatchObject({ version: 1, items: expect.arrayContaining([{ item: 'smtp', opened: true, bytes: 13 }]) as unknown[] });
    expect(shown(await mostik(...args, '--reveal', 'nothing'))).toBe('3 sealed-item-missing');
  });

  test('a private key and an opened Secret are refused where Git has them or would take them', async () => {
    const work = path('work');
    mkdirSync(work);
    const git = (...args: string[]): void => { execFileSync('git', args, { cwd: work, stdio: 'pipe' }); };
    git('init', '-q');
    const unseal = (file: string): Promise<Ended> => mostik('unseal', path('secrets.sealed.yaml'), '--sealing-key', path('keys/own.key'), '--out', join(work, file));
    expect(shown(await unseal('plain.yaml'))).toBe('6 private-file-in-git');
    expect(shown(await mostik('new-key', work, '--out', join(work, 'own.key')))).toBe('6 private-file-in-git');
    expect(readdirSync(work)).toEqual(['.git']);
    writeFileSync(join(work, '.gitignore'), '*.key\nplain.yaml\n');
    expect((await unseal('plain.yaml')).code).toBe(0);
    git('add', '-f', 'plain.yaml');
    expect((await unseal('plain.yaml')).err).toContain('Git has this file');
  });

  test('keys that the controller fills in with a template are named', async () => {
    const sealed = readFileSync(path('secrets.sealed.yaml'), 'utf8').replace('  template:\n', '  template:\n    data: { url: "smtp://{{ .smtp }}" }\n');
    writeFileSync(path('keys/templated.yaml'), sealed);
    const { code, out, err } = await mostik('unseal', path('keys/templated.yaml'), '--sealing-key', path('keys/own.key'), '--out', '-');
    expect([code, /^warning\[([a-z-]+)\].*: url come from a template/m.exec(err)?.[1]]).toEqual([0, 'sealed-templated']);
    expect(out).not.toContain('url');
  });

  test('what does not go together, is missing or is not what it should be is said, and nothing is written', async () => {
    const before = readFileSync(path('secrets.sealed.yaml'), 'utf8');
    const own = ['--sealing-key', path('keys/own.key')];
    const cases: [string[], string][] = [
      [['seal', dir, '--secret', 'dbb'], '3 secret-not-declared'],
      [['seal', dir, '--out', path('x.yaml')], '3 argument-invalid'],
      [['seal', dir, '--namespace', 'x'], '3 argument-invalid'],
      [['seal', dir, '--type', 'Opaque'], '3 argument-invalid'],
      [['seal', dir, '--in', path('x.yaml'), '--secret', 'db'], '3 argument-invalid'],
      [['seal', dir, '--in', path('missing.yaml')], '3 secret-manifest-invalid'],
      [['seal', dir, '--in', path('platform.yaml')], '3 secret-manifest-invalid'],
      [['seal', dir, '--name', 'x'], '3 flag-invalid'],
      [['seal', dir, '--scope', 'wide'], '3 flag-invalid'],
      [['seal', dir, '--cert', path('missing.crt')], '3 sealing-certificate-invalid'],
      [['seal', dir, '--cert', path('keys/own.key')], '3 sealing-certificate-invalid'],
      [['seal', path('keys'), '--in', path('keys/plain.yaml')], '3 sealing-certificate-missing'],
      [['seal', dir, '--secret', 'db'], '6 sealed-already'],
      [['seal', dir, '--secret', 'db', '--scope', 'cluster-wide'], '6 sealed-elsewhere'],
      [['seal', dir, ...own, '--sealing-key', path('platform.yaml')], '3 sealing-key-invalid'],
      [['unseal', path('missing.yaml'), ...own], '3 file-not-found'],
      [['unseal', path('platform.yaml'), ...own], '3 sealed-file-invalid'],
      [['unseal', path('secrets.sealed.yaml')], '3 sealing-key-needed'],
      [['unseal', path('secrets.sealed.yaml'), '--sealing-key', path('missing.key')], '3 sealing-key-invalid'],
      [['unseal', path('secrets.sealed.yaml'), ...own, '--out', join(dir, 'no', 'such', 'folder')], '3 file-not-writable'],
      [['new-key', dir], '3 flag-invalid'],
      [['new-key', dir, '--out', path('keys/own.key')], '6 private-file-there'],
      [['new-key', dir, '--out', path('keys/second.key')], '3 file-not-writable'],
    ];
    for (const [args, expected] of cases) expect(`${args.join(' ')}: ${shown(await mostik(...args))}`).toBe(`${args.join(' ')}: ${expected}`);
    expect(readFileSync(path('secrets.sealed.yaml'), 'utf8')).toBe(before);
  });
});
