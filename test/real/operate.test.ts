import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

const platform = `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: operate }
spec:
  cluster: { name: operate, nodes: real }
  components:
    data: { manifests: [data.yaml], data: true }
    web:
      chart: web
      uses: [data]
      tests:
        page: { http: { url: http://web, contains: hello } }
        file: { run: [cat, /www/index.html] }
        missing: { http: { url: http://web/missing }, timeout: 2s }
        table: { run: [sh, -c, "echo there is no table; exit 7"], timeout: 2s }
`;
const idle = 'trap "exit 0" TERM; echo started >> /data/starts; while :; do sleep 1 & wait; done';
const data = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: data }
spec:
  serviceName: data
  selector: { matchLabels: { app: data } }
  template:
    metadata: { labels: { app: data } }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: data
          image: busybox:1
          imagePullPolicy: IfNotPresent
          command: [sh, -c, '${idle}']
          volumeMounts: [{ name: data, mountPath: /data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Mi } } }
---
apiVersion: v1
kind: Service
metadata: { name: data }
spec: { clusterIP: None, selector: { app: data }, ports: [{ port: 80 }] }
`;
const chart = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web/values.yaml': 'image:\n  repository: busybox\n  tag: "1"\n',
  'web/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          imagePullPolicy: Never
          command: [sh, -c, 'mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www']
          readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
          resources: { requests: { cpu: 10m, memory: 16Mi }, limits: { memory: 64Mi } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`,
  'web/templates/migration.yaml': testPod('migration', 'before-hook-creation', 'sleep 2; echo the tables are there').replace('hook: test', 'hook: pre-install'),
  'web/templates/tests/good.yaml': testPod('good', 'hook-succeeded', 'wget -qO- http://$WEB_SERVICE_HOST | grep hello'),
  'web/templates/tests/bad.yaml': testPod('bad', 'before-hook-creation', 'echo looking; echo nothing is there; exit 4'),
};

function testPod(name: string, policy: string, script: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  annotations: { helm.sh/hook: test, helm.sh/hook-delete-policy: ${policy} }
spec:
  restartPolicy: Never
  containers: [{ name: test, image: "busybox:1", imagePullPolicy: Never, command: [sh, -c, '${script}'] }]
`;
}

describe.skipIf(noRealNode !== undefined)(`daily work with real pods${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let dir: string;

  beforeAll(async () => {
    home = await makeRealHome('operate', testImages('busybox:1').archives.filter((path) => path.includes('busybox')));
    dir = home.write('operate', { 'platform.yaml': platform, 'data.yaml': data, ...chart });
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '240s']);
    expect(code, stdout + stderr).toBe(0);
  }, 300_000);
  afterAll(async () => home?.remove());

  const run = async (args: string[], code = 0): Promise<string> => {
    const ended = await home.mostik([...args, '--dir', dir]);
    expect(ended.code, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toBe(code);
    return ended.stdout + ended.stderr;
  };
  const apply = async (code: number, ...args: string[]): Promise<string> => {
    const ended = await home.mostik(['apply', dir, '--yes', ...args]);
    expect(ended.code, ended.stdout + ended.stderr).toBe(code);
    return ended.stdout + ended.stderr;
  };
  const starts = async (): Promise<number> => (await home.kubectl(['exec', 'data-0', '--', 'cat', '/data/starts'])).split('\n').length;
  /** A container counts as running a moment before its program has written anything. */
  const startedTimes = async (times: number): Promise<void> => eventually(async () => { expect(await starts()).toBe(times); });

  test('a hook that is a Pod has ended before the objects are written', async () => {
    const ended = Date.parse(await home.kubectl(['get', 'pod', 'migration', '-o', 'jsonpath={.status.containerStatuses[0].state.terminated.finishedAt}']));
    expect(Date.parse(await home.kubectl(['get', 'deploy/web', '-o', 'jsonpath={.metadata.creationTimestamp}']))).toBeGreaterThanOrEqual(ended);
    await home.kubectl(['delete', 'pod', 'migration']);
  });

  test('stop ends the pods and keeps the data, start brings them back', async () => {
    await startedTimes(1);
    expect(await run(['stop'])).toContain('2 components stopped');
    expect(await home.kubectl(['get', 'pods', '-o', 'name'])).toBe('');
    expect((await home.mostik(['status', dir])).stdout).toContain('0 of 2 components healthy, 2 stopped');
    expect(await run(['start'])).toContain('2 components started');
    await startedTimes(2);
  });

  test('restart makes new pods', async () => {
    const uid = await home.kubectl(['get', 'pod', 'data-0', '-o', 'jsonpath={.metadata.uid}']);
    expect(await run(['restart', 'data'])).toContain('1 component restarted');
    expect(await home.kubectl(['get', 'pod', 'data-0', '-o', 'jsonpath={.metadata.uid}'])).not.toBe(uid);
    await startedTimes(3);
  });

  test('tests of the platform file and of a chart run; one that fails is told with what came, and the end of its log', async () => {
    const text = await run(['test'], 1);
    expect(text).toMatch(/✓ passed {2}web {2}Pod\/default\/good/);
    expect(text).toMatch(/✗ failed {2}web {2}Pod\/default\/bad .*exit code 4/);
    expect(text).toContain('    | nothing is there');
    expect(text).toMatch(/✓ passed {2}web {2}page {2}/);
    expect(text).toMatch(/✓ passed {2}web {2}file {2}/);
    expect(text).toMatch(/✗ failed {2}web {2}missing {2}.*: GET http:\/\/web\/missing: Pod\/default\/web-\S+ answered 404, expected 200: .*404 Not Found/);
    expect(text).toMatch(/✗ failed {2}web {2}table {2}.*: sh -c echo there is no table; exit 7: Pod\/default\/web-\S+ \(web\) ended with exit code 7: there is no table/);
    expect(text).toContain('3 of 6 tests passed');
    await eventually(async () => { expect(await home.kubectl(['get', 'pods', '-l', 'mostik.dev/component=web', '-o', 'name'])).toBe('pod/bad'); });
  });

  test('top shows what metrics-server measured, against requests and limits', async () => {
    const { pods, nodes } = await eventually(async () => {
      const top = JSON.parse(await run(['top', 'web', '-o', 'json'])) as { pods: { component: string; used: { memory: number }; requests: object; limits: object }[]; nodes: object[] };
      expect(top.pods).toHaveLength(1);
      return top;
    }, 180);
    expect(pods[0]).toMatchObject({ component: 'web', requests: { cpu: 0.01, memory: 16 * 1024 ** 2 }, limits: { memory: 64 * 1024 ** 2 } });
    expect(pods[0]?.used.memory).toBeGreaterThan(0);
    expect(nodes).toHaveLength(1);
  });

  test('an image that is not to be had is explained, and rolled back when that is asked for', async () => {
    const text = await run(['set', 'image', 'web', 'busybox:none', '--apply', '--yes', '--timeout', '100s', '--rollback-on-failure'], 1);
    expect(readFileSync(join(dir, 'platform.yaml'), 'utf8')).toContain('tag: none');
    expect(text).toMatch(/failed web: Deployment\/default\/web: .*pod web-\S+ Pending: web: ErrImageNeverPull \(image busybox:none is not on the node, and imagePullPolicy is Never\)/);
    expect(text).toContain('Rolling back to the last good generation');
    expect(await home.kubectl(['get', 'deploy/web', '-o', 'jsonpath={.spec.template.spec.containers[0].image} {.status.availableReplicas}'])).toBe('busybox:1 1');
    writeFileSync(join(dir, 'platform.yaml'), platform);
  });

  test('a database that crashes at every start is given up, told with its last words, and comes back with its data', async () => {
    writeFileSync(join(dir, 'data.yaml'), data.replace(idle, 'echo cannot read the settings; exit 3'));
    const text = await apply(1, '--timeout', '150s', '--rollback-on-failure');
    expect(text).toMatch(/failed data: StatefulSet\/default\/data: .*exit code 3.*its last words: cannot read the settings/);
    expect(text).toContain('skipped web: data is not healthy');
    writeFileSync(join(dir, 'data.yaml'), data);
    await startedTimes(4);
    await eventually(async () => { expect((await home.mostik(['status', dir, '--why'])).stdout).toContain('every component is ready'); });
  });
});
