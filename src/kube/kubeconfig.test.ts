import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTarget } from './kubeconfig.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mostik-kubeconfig-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

const work = `
apiVersion: v1
kind: Config
current-context: work
clusters:
- name: one
  cluster: { server: "https://one.example.org:6443", certificate-authority: ca.crt, tls-server-name: api, proxy-url: "http://proxy:3128" }
- name: two
  cluster: { server: "https://two.example.org", insecure-skip-tls-verify: true }
users:
- name: ann
  user: { client-certificate: ann.crt, client-key: ann.key, exec: { command: ./bin/login, args: [x] } }
contexts:
- name: work
  context: { cluster: one, user: ann, namespace: shop }
- name: spare
  context: { cluster: two, user: nobody }
- name: broken
  context: { cluster: three, user: ann }
`;

describe('kubeconfig', () => {
  it('reads the current context, its cluster and its user, with files beside the kubeconfig', async () => {
    await file('ca.crt', 'AUTHORITY');
    const target = await readTarget({ kubeconfig: await file('config', work) });
    expect(target).toMatchObject({ context: 'work', ca: 'AUTHORITY', serverName: 'api', insecure: false, proxyUrl: 'http://proxy:3128', namespace: 'shop', userName: 'ann' });
    expect(target.server.href).toBe('https://one.example.org:6443/');
    expect(target.user).toMatchObject({ 'client-certificate': join(dir, 'ann.crt'), 'client-key': join(dir, 'ann.key'), exec: { command: join(dir, 'bin/login') } });
  });

  it('reads another context by name, also when its user is not there', async () => {
    const target = await readTarget({ kubeconfig: await file('config', work), context: 'spare' });
    expect(target).toMatchObject({ context: 'spare', insecure: true, user: {} });
  });

  it('merges the files of KUBECONFIG, the first to name something wins, missing files are passed over', async () => {
    const first = await file('first', JSON.stringify({ 'current-context': 'mine', contexts: [{ name: 'mine', context: { cluster: 'two', user: 'ann' } }], users: [{ name: 'ann', user: { token: 'first' } }] }));
    vi.stubEnv('KUBECONFIG', [first, join(dir, 'absent'), await file('second', work)].join(delimiter));
    const target = await readTarget({});
    expect(target).toMatchObject({ context: 'mine', user: { token: 'first' } });
    expect(target.server.host).toBe('two.example.org');
  });

  it('falls back to the home folder', async () => {
    vi.stubEnv('KUBECONFIG', '');
    vi.stubEnv('HOME', dir);
    await expect(readTarget({})).rejects.toMatchObject({ exitCode: 4, diagnostics: [{ code: 'kubeconfig-missing', message: `kubeconfig: no file at ${join(dir, '.kube', 'config')}` }] });
  });

  it('says which file is missing', async () => {
    const path = join(dir, 'absent');
    await expect(readTarget({ kubeconfig: path })).rejects.toMatchObject({ exitCode: 4, diagnostics: [{ code: 'kubeconfig-missing', message: `kubeconfig: no file at ${path}`, hint: 'check the path given with --kubeconfig' }] });
  });

  it('names the nearest context', async () => {
    const path = await file('config', work);
    await expect(readTarget({ kubeconfig: path, context: 'worj' })).rejects.toMatchObject({
      diagnostics: [{ code: 'context-unknown', message: `context worj: not in ${path}, which has work, spare, broken`, hint: 'did you mean work?' }],
    });
    await expect(readTarget({ kubeconfig: path, context: 'production' })).rejects.toMatchObject({ diagnostics: [{ hint: 'choose one of these with --context' }] });
  });

  it('says what is wrong with a file', async () => {
    const problems: [string, string][] = [
      ['a: [', 'it is not YAML'],
      ['- 1', 'it is not a map with clusters, users and contexts'],
      [work.replace('current-context: work', 'current-context: broken'), 'context broken names cluster "three", which has no entry with a server'],
      [work.replace('"https://one.example.org:6443"', 'one.example.org'), 'context work: its server "one.example.org" is not a URL'],
      [work, `certificate-authority names ${join(dir, 'ca.crt')}, which cannot be read (ENOENT)`],
    ];
    for (const [text, problem] of problems) {
      const error = await readTarget({ kubeconfig: await file('config', text) }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ exitCode: 4, diagnostics: [{ code: 'kubeconfig-invalid', message: expect.stringContaining(problem) }] });
    }
    const noCurrent = await file('config', work.replace('current-context: work', ''));
    await expect(readTarget({ kubeconfig: noCurrent })).rejects.toMatchObject({ diagnostics: [{ code: 'context-missing', hint: 'name one with --context: work, spare, broken' }] });
  });
});
