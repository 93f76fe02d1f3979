import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

describe.skipIf(noRealNode !== undefined)(`images of a real node${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let dir: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    env = testImages('busybox:1').env;
    home = await makeRealHome('greeting');
    dir = home.write('greeting', {
      'platform.yaml': platform,
      'image/Dockerfile': 'FROM busybox:1\nCOPY page /page\nCMD ["httpd", "-f", "-p", "8080", "-h", "/page"]\n',
      'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { greeting: hello }\n',
      'image/page/index.html': 'written for the test\n',
    });
  }, 600_000);
  afterAll(async () => home?.remove());

  /** Fails as it should: the code of the exit, and the whole message. */
  async function refused(args: string[], more: NodeJS.ProcessEnv = env): Promise<{ code: number; stderr: string }> {
    const { code, stderr } = await home.mostik(args, { env: more });
    expect(stderr).not.toMatch(/^\s+at /m);
    return { code, stderr };
  }
  const withoutBuilders = (): NodeJS.ProcessEnv => ({ PATH: onlyThese(home.folder, 'node', 'git', 'containerd', 'ctr', 'runc') });

  test('nothing that builds on this machine: every program is named with its reason', async () => {
    const { code, stderr } = await refused(['image', 'build', '--dir', dir], withoutBuilders());
    expect(code).toBe(4);
    expect(stderr).toContain('error[image-builder-missing]');
    for (const name of ['docker', 'podman', 'nerdctl', 'buildah']) expect(stderr).toContain(`${name}: not installed`);
  });

  test('a build that fails is told with the line that says why, and where its log lies', async () => {
    const broken = home.write('broken', { 'platform.yaml': platform.replace('name: greeting', 'name: broken'), 'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n', 'image/Dockerfile': 'FROM busybox:1\nCOPY absent /absent\n' });
    const { code, stderr } = await refused(['image', 'build', '--dir', broken, '--no-load']);
    expect(code).toBe(4);
    expect(stderr).toMatch(/error\[image-build-failed\].*greeting:1.*absent/s);
    const [, log = ''] = /(\/\S+\.log)/.exec(stderr) ?? [];
    expect(readFileSync(log, 'utf8')).toContain('absent');
  });

  test('what is no archive, and no image, is not loaded', async () => {
    const file = join(home.folder, 'broken.tar');
    writeFileSync(file, 'not an archive');
    const loaded = await refused(['image', 'load', file, '--cluster', 'greeting']);
    expect(loaded.code).toBe(4);
    expect(loaded.stderr).toMatch(/error\[image-load-failed\].*broken\.tar/s);
    const unknown = await refused(['image', 'load', 'nobody-built-this:1', '--cluster', 'greeting']);
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toMatch(/error\[image-unknown\].*nobody-built-this:1/s);
  });

  test('a registry that does not answer ends a push, and names the image', async () => {
    const { code, stderr } = await refused(['image', 'push', '--dir', dir, '--to', '127.0.0.1:1/team']);
    expect(code).toBe(4);
    expect(stderr).toMatch(/error\[image-push-failed\].*127\.0\.0\.1:1\/team\/greeting:1/s);
  });

  test('a component that builds nothing is named, with those that do', async () => {
    const { code, stderr } = await refused(['image', 'build', 'settings', '--dir', dir]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/error\[image-not-declared\].*settings.*greeting/s);
  });

  test('simulated nodes take no images, and a cluster that Mostik does not know neither', async () => {
    const made = await home.mostik(['cluster', 'create', 'simulated']);
    expect(made.code, made.stderr).toBe(0);
    const simulated = await refused(['image', 'list', '--cluster', 'simulated']);
    expect(simulated.code).toBe(3);
    expect(simulated.stderr).toContain('error[image-no-real-node]');
    await home.mostik(['cluster', 'delete', 'simulated']);
    const foreign = await refused(['image', 'load', 'greeting:1', '--context', 'production']);
    expect(foreign.code).toBe(3);
    expect(foreign.stderr).toMatch(/error\[image-cannot-load\].*production/s);
  });

  test('where nothing builds, the node goes on with the image that it was given, and says so', async () => {
    const built = await home.mostik(['image', 'build', '--dir', dir, '--no-load'], { env });
    expect(built.code, built.stderr).toBe(0);
    const loaded = await home.mostik(['image', 'load', 'greeting:1', '--cluster', 'greeting'], { env });
    expect(loaded.code, loaded.stderr).toBe(0);
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '90s'], { env: withoutBuilders() });
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).toMatch(/warning\[image-stale\].*greeting:1/s);
    const address = await home.address('greeting');
    await eventually(async () => { expect((await ask(`http://${address}/`)).text).toBe('written for the test\n'); });
  });

  test('a machine that lacks a program of the node is told all it lacks', async () => {
    const { code, stderr } = await refused(['cluster', 'create', 'poor', '--real'], { PATH: onlyThese(home.folder, 'node') });
    expect(code).toBe(4);
    expect(stderr).toMatch(/error\[real-node-lacks\].*containerd/s);
    expect(stderr).toContain('apt-get install');
  });
});

const platform = `
apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: greeting }
spec:
  cluster: { provider: embedded, nodes: real }
  components:
    greeting:
      workload: { image: "greeting:1", port: 8080 }
      build: { image: "greeting:1", context: image }
    settings:
      manifests: [settings.yaml]
`;

/** A PATH with nothing but these programs. */
function onlyThese(folder: string, ...names: string[]): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const name of names) {
    const program = name === 'node' ? process.execPath : (process.env['PATH'] ?? '').split(delimiter).map((one) => join(one, name)).find((path) => existsSync(path));
    if (program !== undefined) symlinkSync(program, join(bin, name));
  }
  return bin;
}
