import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

/** A platform on these nodes. */
const platform = (nodes: string): string => `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: pools }
spec:
  cluster: { name: pools, nodes: [${nodes}] }
  components:
    web: { workload: { image: "nginx:1.27", replicas: 6, port: 80 } }
`;
const workers = '{ name: worker, count: 2, cpu: 4, memory: 8Gi }';

describe.skipIf(noEngine !== undefined)(`nodes that are no longer declared${noEngine ? ` (skipped: ${noEngine})` : ''}`, () => {
  let home: Home;
  beforeAll(() => { home = makeHome(); });
  afterAll(async () => { await home.remove(); });

  const up = async (nodes: string): Promise<string> => {
    const { code, stdout, stderr } = await home.mostik(['up', home.write('pools', { 'platform.yaml': platform(nodes) })]);
    expect(code, stdout + stderr).toBe(0);
    return stderr;
  };
  const kubectl = async (args: string[], input?: object): Promise<string[]> => {
    const { code, stdout, stderr } = await home.mostik(['kubectl', '--cluster', 'pools', '--', ...args], input ? { input: JSON.stringify(input) } : {});
    expect(code, stderr).toBe(0);
    return stdout.trim().split('\n').sort();
  };

  test('go at the next up with the pods on them, are named, and those that somebody else added stay', async () => {
    expect(await up(`${workers}, { name: big, cpu: 8, memory: 16Gi }`)).not.toContain('no longer declared');
    const foreign = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'foreign', labels: { 'kubernetes.io/hostname': 'foreign' } } };
    const pinned = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pinned' }, spec: { nodeName: 'foreign', tolerations: [{ operator: 'Exists' }], containers: [{ name: 'a', image: 'nginx:1.27' }] } };
    await kubectl(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: [foreign, pinned] });
    const onBig = (await kubectl(['get', 'pods', '--field-selector=spec.nodeName=big', '-o', 'name'])).filter(Boolean);
    expect(onBig.length).toBeGreaterThan(0);

    expect(await up(workers)).toContain(`node big is no longer declared: removed with ${onBig.length} pod`);
    expect(await kubectl(['get', 'nodes', '-o', 'name'])).toEqual(['node/foreign', 'node/worker-1', 'node/worker-2']);
    const places = async (): Promise<string[]> =>
      (await kubectl(['get', 'pods', '-o', 'jsonpath={range .items[*]}{.status.phase}{" "}{.spec.nodeName}{"\\n"}{end}'])).map((place) => place.replace(/-\d$/, ''));
    await expect.poll(places, { timeout: 120_000 }).toEqual(['Pending foreign', ...Array.from({ length: 6 }, () => 'Running worker')]);
    expect(await up(workers)).not.toContain('no longer declared');
  });
});
