import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

const registry = 'k3d-ml-registry:5050';

describe.skipIf(noRealNode !== undefined)(`images of a registry in the cluster's keeping${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let env: NodeJS.ProcessEnv;
  let dir: string;

  beforeAll(async () => {
    ({ env } = testImages('busybox:1'));
    home = await makeRealHome('pulls');
    write('1', 'the first text');
  }, 600_000);
  afterAll(async () => home?.remove());

  /** The platform with one page, in an image of its own under this tag; pods may ask for another. */
  function write(tag: string, page: string, { asks = tag, command = '["sh", "-c", "trap exit TERM; httpd -f -p 8080 -h /www & wait"]' } = {}): void {
    dir = home.write('pages', {
      'platform.yaml': `
apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: pages }
spec:
  cluster: { name: pulls, nodes: real, registry: { name: k3d-ml-registry, port: 5050 } }
  components:
    page:
      workload: { image: "${registry}/team/page:${asks}", port: 8080, healthPath: / }
      build: { image: "${registry}/team/page:${tag}", context: image }
`,
      'image/Dockerfile': `FROM busybox:1\nCOPY index.html /www/index.html\nCMD ${command}\n`,
      'image/index.html': `${page}\n`,
    });
  }
  const mostik = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => home.mostik(args, { env });
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await mostik(...args);
    expect(code, stdout + stderr).toBe(0);
    return stdout;
  };
  const shown = async (): Promise<string> => (await ask(`http://${await home.address('page')}`)).text.trim();
  const digests = async (): Promise<Record<string, string>> => {
    const list = JSON.parse(await done('image', 'list', '--cluster', 'pulls', '-o', 'json')) as { registry: { name: string; images: { repository: string; tag: string; digest: string }[] } };
    expect(list.registry.name).toBe(registry);
    return Object.fromEntries(list.registry.images.map(({ repository, tag, digest }) => [`${repository}:${tag}`, digest]));
  };
  const runs = async (): Promise<string> => home.kubectl(['get', 'pods', '-l', 'app.kubernetes.io/name=page', '--field-selector=status.phase=Running', '-o', 'jsonpath={.items[*].status.containerStatuses[*].imageID}']);

  test('up builds and pushes what names the registry, and the pod runs exactly what the registry holds', async () => {
    await done('up', dir, '--timeout', '240s');
    await eventually(async () => { expect(await shown()).toBe('the first text'); });
    const held = await digests();
    expect(Object.keys(held)).toEqual(['team/page:1']);
    expect(await runs()).toBe(`${registry}/team/page@${held['team/page:1']}`);
    expect(await done('cluster', 'status', 'pulls')).toContain(registry);
  });

  test('what the registry has in this content is not pushed again, also where nothing builds', async () => {
    const again = await home.mostik(['image', 'push', '--dir', dir, '-o', 'json'], { env: { ...env, PATH: home.folder } });
    expect(again.code, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ images: [{ image: `${registry}/team/page:1`, changed: false, digest: (await digests())['team/page:1'] }] });
    write('1', 'a text that nothing builds');
    const stale = await home.mostik(['image', 'push', '--dir', dir], { env: { ...env, PATH: home.folder } });
    expect(stale.code, stale.stderr).toBe(0);
    expect(stale.stderr).toMatch(/image-stale.*k3d-ml-registry:5050\/team\/page:1/s);
    write('5', 'a text that nothing builds');
    const missing = await home.mostik(['image', 'push', '--dir', dir], { env: { ...env, PATH: home.folder } });
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain('image-builder-missing');
  });

  test('a new tag is pushed by its name and rolls out', async () => {
    write('2', 'the second text');
    expect(await done('image', 'push', '--dir', dir)).toContain(`${registry}/team/page:2 pushed`);
    await done('apply', dir, '--yes', '--timeout', '240s');
    await eventually(async () => { expect(await shown()).toBe('the second text'); });
    const held = await digests();
    expect(held['team/page:2']).not.toBe(held['team/page:1']);
    await eventually(async () => { expect(await runs()).toBe(`${registry}/team/page@${held['team/page:2']}`); });
  });

  test('a tag that is not there is explained and rolled back', async () => {
    write('2', 'the second text', { asks: 'none' });
    const { code, stdout, stderr } = await mostik('apply', dir, '--yes', '--timeout', '40s', '--rollback-on-failure');
    expect(code, stdout + stderr).not.toBe(0);
    expect(stdout).toMatch(/pod page-\S+ .*k3d-ml-registry:5050\/team\/page:none: not found/);
    expect(stderr).toContain('Rolling back to the last good generation');
    await afterRollback();
  });

  test('so is an image whose program ends at once', async () => {
    write('3', 'never shown', { command: '["sh", "-c", "echo the ledger cannot be opened; exit 3"]' });
    const { code, stdout, stderr } = await mostik('up', dir, '--timeout', '40s', '--rollback-on-failure');
    expect(code, stdout + stderr).not.toBe(0);
    expect(stdout).toMatch(/pod page-\S+ .*(exit code 3|CrashLoopBackOff)/);
    expect(stderr).toContain('Rolling back to the last good generation');
    await afterRollback();
  });

  async function afterRollback(): Promise<void> {
    expect(await home.kubectl(['get', 'deployment/page', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'])).toBe(`${registry}/team/page:2`);
    await home.kubectl(['rollout', 'status', 'deployment/page', '--timeout=120s']);
    await eventually(async () => { expect(await shown()).toBe('the second text'); });
  }

  test('images that name no registry come below it, and other clusters\' commands see what is there', async () => {
    write('4', 'the fourth text');
    const folder = home.write('bare', { 'platform.yaml': readFileSync(join(dir, 'platform.yaml'), 'utf8').replaceAll(`${registry}/team/page:4`, 'page'), 'image/Dockerfile': 'FROM busybox:1\n' });
    expect(await done('image', 'push', '--dir', folder)).toContain(`page:latest pushed as ${registry}/page:latest`);
    await done('image', 'push', '--dir', dir);
    expect(Object.keys(await digests())).toEqual(['page:latest', 'team/page:1', 'team/page:2', 'team/page:3', 'team/page:4']);
  });

  test('its images survive a stop and a start, and are pulled then', async () => {
    const before = await digests();
    await done('cluster', 'stop', 'pulls');
    const refused = await mostik('image', 'push', '--dir', dir);
    expect(refused.stderr).toMatch(/registry-not-there.*stopped.*mostik cluster start pulls/s);
    await done('cluster', 'start', 'pulls');
    expect(await digests()).toEqual(before);
    await home.kubectl(['run', 'fourth', `--image=${registry}/team/page:4`]);
    await home.kubectl(['wait', '--for=condition=Ready', 'pod/fourth', '--timeout=120s']);
    const fourth = await home.kubectl(['get', 'pod/fourth', '-o', 'jsonpath={.status.podIP}']);
    await eventually(async () => { expect((await ask(`http://${fourth}:8080`)).text.trim()).toBe('the fourth text'); });
  });

  test('it listens on this machine alone, and a port that is taken is said', async () => {
    const listening = spawnSync('ss', ['-ltnH', 'sport = :5050'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean).map((line) => line.trim().split(/\s+/)[3]);
    expect(listening.sort()).toEqual(['10.127.255.1:5050', '127.0.0.1:5050']);
    await done('cluster', 'stop', 'pulls');
    const server = createServer().listen(5050, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { code, stderr } = await mostik('cluster', 'start', 'pulls');
      expect(code).toBe(4);
      expect(stderr).toMatch(/registry-port-taken.*127\.0\.0\.1:5050/s);
    } finally {
      server.close();
    }
  });

  test('a deleted cluster leaves neither process nor port nor file', async () => {
    await done('cluster', 'start', 'pulls');
    await done('cluster', 'delete', 'pulls');
    expect(existsSync(join(home.folder, 'state', 'mostik', 'clusters', 'pulls'))).toBe(false);
    expect(readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(home.folder))).toEqual([]);
    expect(spawnSync('ss', ['-ltnH', 'sport = :5050'], { encoding: 'utf8' }).stdout).toBe('');
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
