import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome, root, type Home } from './mostik.js';

const builder = spawnSync('buildah', ['--version']).status === 0 ? undefined : 'buildah is not installed';
const skipped = builder === undefined ? '' : ` (skipped: ${builder})`;

const platform = (tag: string): string => `
apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: pages }
spec:
  components:
    page:
      workload: { image: "page:${tag}" }
      build: { image: "page:${tag}", context: image }
    other:
      workload: { image: "nginx:1.27" }
`;

/** A folder without any program. */
const nowhere = join(root, 'docs');

describe('images that cannot be had', () => {
  let home: Home;
  let dir: string;
  let folder: string;
  /** Storage of its own, so that no image of the machine is touched. */
  let env: NodeJS.ProcessEnv;
  beforeAll(() => {
    home = makeHome();
    folder = mkdtempSync(join(tmpdir(), 'mostik-images-'));
    const storage = join(folder, 'storage.conf');
    writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = ${JSON.stringify(join(folder, 'graph'))}\nrunroot = ${JSON.stringify(join(folder, 'run'))}\n`);
    env = { CONTAINERS_STORAGE_CONF: storage, MOSTIK_TEST_K3D: folder, PATH: [join(root, 'test', 'k3d', 'stand-in'), process.env['PATH'] ?? ''].join(delimiter) };
    dir = home.write('pages', { 'platform.yaml': platform('1'), 'image/Dockerfile': 'FROM scratch\nCOPY index.html /\n', 'image/index.html': 'one\n' });
  });
  afterAll(async () => {
    await home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a component that builds none, and the ones that do, are named', async () => {
    const { code, stderr } = await home.mostik(['image', 'build', 'other', '--dir', dir], { env });
    expect(code).toBe(3);
    expect(stderr).toMatch(/image-not-declared[^]*other[^]*these do: page/);
  });

  test('without a program that builds, each that was looked for is named', async () => {
    const { code, stderr } = await home.mostik(['image', 'push', '--dir', dir, '--to', '127.0.0.1:1/x'], { env: { PATH: nowhere } });
    expect(code).toBe(4);
    expect(stderr).toMatch(/image-builder-missing[^]*docker: not installed; podman: not installed/);
  });

  test('a context that takes no images, or refuses them, is said', async () => {
    const archive = join(folder, 'page.tar');
    writeFileSync(archive, 'no archive');
    const other = await home.mostik(['image', 'load', archive, '--context', 'production'], { env });
    expect(other.code).toBe(3);
    expect(other.stderr).toMatch(/image-cannot-load[^]*production/);
    const refused = await home.mostik(['image', 'load', archive, '--context', 'k3d-ml'], { env });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/image-load-failed[^]*unknown command "image import --cluster ml/);
  });

  test.skipIf(builder)(`an image that is not there, or cannot be built or pushed, is said with the builder's reason${skipped}`, async () => {
    const unknown = await home.mostik(['image', 'load', 'nowhere:1', '--context', 'k3d-ml', '--with', 'buildah'], { env });
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('image-unknown');
    const refused = await home.mostik(['image', 'push', '--dir', dir, '--to', '127.0.0.1:1/x', '--with', 'buildah'], { env });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/image-push-failed[^]*127\.0\.0\.1:1\/x\/page:1[^]*connection refused/);
    home.write('pages', { 'image/Dockerfile': 'FROM scratch\nCOPY missing.html /\n' });
    const broken = await home.mostik(['image', 'build', '--dir', dir, '--with', 'buildah'], { env });
    expect(broken.code).toBe(4);
    expect(broken.stderr).toMatch(/image-build-failed[^]*missing\.html[^]*the whole log is/);
  });

  test('a machine that lacks what a real node needs is told each thing, with the way out', async () => {
    const { code, stderr } = await home.mostik(['cluster', 'create', 'real', '--real'], { env: { PATH: nowhere } });
    expect(code).toBe(4);
    expect(stderr).toMatch(/real-node-lacks[^]*(program containerd[^]*apt-get install|Linux)/);
  });
});
