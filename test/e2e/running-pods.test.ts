import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

/** What needs no container: which words are understood, and what is said where none runs. */
describe.skipIf(noEngine !== undefined)(`words for running pods${noEngine ? ` (skipped: ${noEngine})` : ''}`, () => {
  let home: Home;
  let dir: string;
  let kubeconfig: string;

  beforeAll(async () => {
    home = makeHome();
    dir = home.write('quiet', {
      'platform.yaml': 'apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: quiet }\nspec:\n  components:\n    web: { workload: { image: "nginx:1.27", port: 80 } }\n    settings: { manifests: [settings.yaml] }\n',
      'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: b }\n',
    });
    const { code, stdout, stderr } = await home.mostik(['up', dir]);
    expect(code, stdout + stderr).toBe(0);
    kubeconfig = (await home.mostik(['cluster', 'kubeconfig', 'quiet'])).stdout.trim();
  });
  afterAll(async () => home?.remove());

  test.each([
    ['logs', 'web'],
    ['logs', 'web', '-f'],
    ['logs'],
    ['shell', 'web'],
    ['run', 'web', '--', 'true'],
    ['forward', 'web'],
    ['forward', '--all'],
    ['copy', 'web:/etc', 'etc'],
    ['copy', 'platform.yaml', 'deployment/web:/tmp'],
  ])('on simulated nodes %s %s says that no container runs there', async (...args) => {
    const { code, stdout, stderr } = await home.mostik(args, { cwd: dir });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error\[containers-simulated\]: .*: it is on a simulated node \(KWOK\), where containers do not run: there is nothing to (read|open a shell in|run a command in|forward to|copy from|copy to)$/m);
    expect(stderr).toContain('mostik up --nodes real');
  });

  test('the same is known of a cluster that only a kubeconfig names', async () => {
    const { code, stderr } = await home.mostik(['shell', 'svc/web', '-n', 'default', '--kubeconfig', kubeconfig]);
    expect(code).toBe(1);
    expect(stderr).toContain('error[containers-simulated]: svc/web');
  });

  test('words that mean nothing are told with what there is', async () => {
    const failure = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await home.mostik(args, { cwd: dir });
      expect(code, stderr).toBe(3);
      return stderr;
    };
    expect(await failure('logs', 'wbe')).toContain('error[work-unknown]: wbe: there is no such component or pod in platform quiet\n  hint: did you mean web?');
    expect(await failure('shell', 'deployment/api')).toContain('deployment/api: there is no such Deployment in platform quiet\n  hint: the platform has web, settings');
    expect(await failure('logs', 'web', '--grep', '(')).toContain('mostik logs --grep: expected a regular expression, got "("');
    expect(await failure('forward')).toContain('mostik forward: expected COMPONENT, or --all');
    expect(await failure('forward', 'web:http2:80')).toContain('COMPONENT:LOCAL:REMOTE');
    expect(await failure('run', 'web')).toContain('mostik run: expected a command after COMPONENT --');
    expect(await failure('copy', 'a', 'b')).toContain('expected one side in a pod and one on this machine');
    expect(await failure('copy', './not-there', 'web:/tmp')).toContain('./not-there: there is no such file or folder');
    const without = await home.mostik(['shell', 'settings'], { cwd: dir });
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('error[work-without-pods]: settings: no pod of it is there') as string });
  });

  test('without a platform file only names of objects are known', async () => {
    const { code, stderr } = await home.mostik(['logs', 'web', '--kubeconfig', kubeconfig]);
    expect(code).toBe(3);
    expect(stderr).toContain('there is no such component or pod in namespace default of cluster quiet\n  hint: name a pod, or an object such as deployment/web');
  });
});
