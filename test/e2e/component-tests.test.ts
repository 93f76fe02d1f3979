import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

const platform = `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: tested }
spec:
  components:
    web:
      workload: { image: "nginx:1.27", port: 8080 }
      tests:
        page: { http: { url: http://web } }
        files: { run: [ls] }
        port: { http: { url: http://web:81 } }
    migrated: { chart: migrated }
  profiles:
    more:
      components:
        late: { workload: { image: "nginx:1.27" }, tests: { files: { run: [ls] } } }
    quiet:
      components:
        web: { tests: { port: null } }
`;
const hook = (name: string, event: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  annotations: { helm.sh/hook: ${event} }
spec:
  restartPolicy: {{ .Values.restartPolicy }}
  containers: [{ name: work, image: "busybox:1" }]
`;

/** What needs no container: where tests come from, and what is said where nobody can answer. */
describe.skipIf(noEngine !== undefined)(`tests of components on simulated nodes${noEngine ? ` (skipped: ${noEngine})` : ''}`, () => {
  let home: Home;
  let dir: string;

  beforeAll(async () => {
    home = makeHome();
    dir = home.write('tested', {
      'platform.yaml': platform,
      'migrated/Chart.yaml': 'apiVersion: v2\nname: migrated\nversion: 1.0.0\n',
      'migrated/values.yaml': 'restartPolicy: Never\n',
      'migrated/templates/hook.yaml': hook('migration', 'pre-install'),
      'migrated/templates/test.yaml': hook('smoke', 'test'),
      'migrated/templates/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: b }\n',
    });
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '60s']);
    expect(code, stdout + stderr).toBe(0);
  });
  afterAll(async () => home?.remove());

  test('a hook that is a Pod ended before the component was done', async () => {
    const { stdout } = await home.mostik(['kubectl', '--cluster', 'tested', '--', 'get', 'pod', 'migration', '-o', 'jsonpath={.status.phase}']);
    expect(stdout).toBe('Succeeded');
  });

  test('a rehearsal assumes that it ends well', async () => {
    const good = await home.mostik(['rehearse', dir, '--from', 'nothing']);
    expect(good.code, good.stdout + good.stderr).toBe(0);
    expect(good.stdout).toContain('Pod/default/migration: pre-install hook: assumed to succeed');
  });

  test('tests are skipped and counted, and nothing is said to be proven', async () => {
    const { code, stdout } = await home.mostik(['test', '-p', 'quiet'], { cwd: dir });
    expect(stdout).toBe(`⊘ skipped  web  page: its pods are on simulated nodes, where containers do not run
⊘ skipped  web  files: its pods are on simulated nodes, where containers do not run
⊘ skipped  migrated  Pod/default/smoke: its pods are on simulated nodes, where containers do not run

0 of 3 tests passed, 3 skipped (nodes are simulated: containers do not run)
`);
    expect(code).toBe(1);
  });

  test('what can be known without containers is told; what is not applied yet is not passed over', async () => {
    const { code, stdout } = await home.mostik(['test', '-p', 'more', '-o', 'json'], { cwd: dir });
    expect(code).toBe(1);
    const { tests } = JSON.parse(stdout) as { tests: { component: string; test: string; outcome: string; reason: string }[] };
    expect(tests.filter(({ component, test: name }) => component === 'late' || name === 'port')).toMatchObject([
      { component: 'web', test: 'port', outcome: 'failed', reason: 'GET http://web:81: Service/default/web has no such port; it has 80 (http)' },
      { component: 'late', test: 'files', outcome: 'skipped', reason: 'the component was not applied yet' },
    ]);
    const junit = await home.mostik(['test', 'web', '-o', 'junit'], { cwd: dir });
    expect(junit.stdout).toContain('<testsuites tests="3" failures="1" errors="0" skipped="2"');
    expect((await home.mostik(['test', 'wbe'], { cwd: dir })).stderr).toContain('did you mean web?');
  });
});
