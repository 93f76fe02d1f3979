import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

describe.skipIf(noRealNode !== undefined)(`images of a real node${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let dir: string;
  let env: NodeJS.ProcessEnv;
  let archives: string[];

  beforeAll(async () => {
    ({ env, archives } = testImages('busybox:1'));
    home = await makeRealHome('greeting');
    dir = home.write('greeting', {
      'platform.yaml': platform,
      'image/Dockerfile': 'FROM busybox:1\nCOPY page /page\nCMD ["httpd", "-f", "-p", "8080", "-h", "/page"]\n',
      'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { greeting: hello }\n',
      'image/page/index.html': 'written for the test\n',
    });
  }, 600_000);
  afterAll(async () => home?.remove());


  test('what is no archive is not loaded', async () => {
    const file = join(home.folder, 'broken.tar');
    writeFileSync(file, 'not an archive');
    const loaded = await home.mostik(['image', 'load', file, '--cluster', 'greeting']);
    expect(loaded.code).toBe(4);
    expect(loaded.stderr).toMatch(/error\[image-load-failed\].*broken\.tar/s);
  });

  test('simulated nodes take no images', async () => {
    const made = await home.mostik(['cluster', 'create', 'simulated']);
    expect(made.code, made.stderr).toBe(0);
    const simulated = await home.mostik(['image', 'list', '--cluster', 'simulated']);
    expect(simulated.code).toBe(3);
    expect(simulated.stderr).toContain('error[image-no-real-node]');
    await home.mostik(['cluster', 'delete', 'simulated']);
  });

  test('where nothing builds, the node goes on with the image that it was given, and says so', async () => {
    const built = await home.mostik(['image', 'build', '--dir', dir, '--no-load'], { env });
    expect(built.code, built.stderr).toBe(0);
    const loaded = await home.mostik(['image', 'load', 'greeting:1', '--cluster', 'greeting'], { env });
    expect(loaded.code, loaded.stderr).toBe(0);
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '240s'], { env: { PATH: onlyThese(home.folder, 'node', 'git', 'containerd', 'ctr', 'runc') } });
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).toMatch(/warning\[image-stale\].*greeting:1/s);
    const address = await home.address('greeting');
    await eventually(async () => { expect((await ask(`http://${address}/`)).text).toBe('written for the test\n'); });
  });

  test('prune removes what nothing uses, from the node and from the builder, and nothing else', async () => {
    const loaded = await home.mostik(['image', 'load', ...archives, '--cluster', 'greeting']);
    expect(loaded.code, loaded.stderr).toBe(0);
    home.write('greeting', { 'image/page/index.html': 'another text\n' });
    const built = await home.mostik(['image', 'build', '--dir', dir, '--no-load', '--with', 'buildah'], { env });
    expect(built.code, built.stderr).toBe(0);
    const prune = (...args: string[]): ReturnType<RealHome['mostik']> => home.mostik(['image', 'prune', '--dir', dir, '--with', 'buildah', ...args], { env });
    const dry = await prune('--dry-run', '-o', 'json');
    expect(dry.code, dry.stderr).toBe(0);
    const { removed, images, builder } = JSON.parse(dry.stdout) as { removed: boolean; images: { names: string[]; bytes: number }[]; builder: { images: { name: string }[] } };
    expect({ removed, images: images.map(({ names }) => names.find((name) => !name.includes('sha256:'))) }).toEqual({ removed: false, images: ['docker.io/library/busybox:1'] });
    expect(images[0]?.bytes).toBeGreaterThan(0);
    expect(builder.images.map(({ name }) => name)).toEqual([expect.stringMatching(/\/greeting:content-[0-9a-f]{16}$/)]);
    expect(await prune()).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('--yes') as string });
    expect(await nodeImages()).toContain('busybox:1');

    const { code, stdout, stderr } = await prune('--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^busybox:1 +\d+\.\d MiB +node$[^]*greeting:content-\w{16} +\S+ \S+ +buildah$[^]*^2 images removed, at most \d+\.\d MiB on the node of greeting$/m);
    expect(await nodeImages()).not.toContain('busybox:1');
    expect((await prune('--yes')).stdout.trim()).toBe('nothing to remove: every image of greeting is used');
    await home.kubectl(['delete', 'pod', '--all', '--wait=false']);
    await home.kubectl(['rollout', 'status', 'deployment/greeting', '--timeout=90s']);
    const address = await home.address('greeting');
    await eventually(async () => { expect((await ask(`http://${address}/`)).text).toBe('written for the test\n'); });
  });

  test('without a registry, archives kept on the machine give pods their images, and builders what Dockerfiles stand on', async () => {
    const kept = join(home.folder, 'kept');
    mkdirSync(kept);
    for (const [i, archive] of archives.entries()) symlinkSync(archive, join(kept, `${i}.tar`));
    const storage = join(home.folder, 'storage.conf');
    writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = "${home.folder}/storage"\nrunroot = "${home.folder}/storage-run"\n`);
    const { code, stdout, stderr } = await home.mostik(['up', home.write('kept', {
      'platform.yaml': keptPlatform,
      'image/Dockerfile': 'ARG BASE=busybox\nFROM ${BASE}:1\nCOPY page /page\nCMD ["httpd", "-f", "-p", "8080", "-h", "/page"]\n',
      'image/page/index.html': 'built on an archive\n',
    }), '--timeout', '90s'], { env: { CONTAINERS_STORAGE_CONF: storage, MOSTIK_IMAGE_DIR: kept } });
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).toMatch(/loading image busybox:1 into (docker|podman|nerdctl|buildah)/);
    expect(stdout + stderr).toContain('loading image busybox:1 into greeting');
    const [page, given] = [await home.address('built'), await home.address('given')];
    await eventually(async () => { expect((await ask(`http://${page}/`)).text).toBe('built on an archive\n'); });
    await eventually(async () => { expect((await ask(`http://${given}/hostname`)).text).not.toBe(''); });
  });

  async function nodeImages(): Promise<string> {
    return (await home.mostik(['image', 'list', '--cluster', 'greeting'])).stdout;
  }
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

const keptPlatform = `
apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: kept }
spec:
  cluster: { provider: embedded, name: greeting, nodes: real }
  components:
    built:
      workload: { image: "built:1", port: 8080 }
      build: { image: "built:1", context: image }
    given:
      workload: { image: "busybox:1", port: 8080, command: [httpd, -f, -p, "8080", -h, /etc] }
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
