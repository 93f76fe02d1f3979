import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

describe.skipIf(noRealNode !== undefined)(`microservices with real pods${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let dir: string;
  let env: NodeJS.ProcessEnv;
  let first: string;
  let second: string;

  beforeAll(async () => {
    const images = testImages('node:22-bookworm-slim', 'postgres:15');
    env = images.env;
    home = await makeRealHome('microservices', images.archives.filter((path) => path.includes('postgres')));
    dir = home.copy('microservices');
  }, 600_000);
  afterAll(async () => home?.remove());

  async function up(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--nodes', 'real', '--timeout', '240s', ...args], { env });
    expect(code, stdout + stderr).toBe(0);
  }
  const notes = async (): Promise<unknown[]> => {
    const { status, json } = await ask(`${first}/api/service1`);
    expect(status).toBe(200);
    return (json['items'] as { text: string }[]).map(({ text }) => text);
  };
  const addNote = async (text: string): Promise<void> => { expect((await ask(`${first}/api/service1`, { text })).status).toBe(201); };

  test('come up with images that are built on the way, and answer through the cluster\'s network', async () => {
    await up();
    [first, second] = [`http://${await home.address('microservice1')}`, `http://${await home.address('microservice2')}`];
    // A pod is Ready a moment before every node has heard that its Service may lead to it.
    await eventually(async () => { expect((await ask(first)).text).toContain('Microservice 1'); });
    await eventually(async () => { expect((await ask(second)).text).toContain('Microservice 2'); });
    for (const url of [first, second]) {
      const { json } = await eventually(async () => {
        const answer = await ask(`${url}/db-status`);
        expect(answer.json['connected']).toBe(true);
        return answer;
      });
      expect(json['version']).toMatch(/^15\./);
    }
  });

  test('the tests that the platform declares pass, and those of its chart', async () => {
    const { code, stdout, stderr } = await home.mostik(['test', '--dir', dir]);
    expect(code, stdout + stderr).toBe(0);
    for (const service of ['microservice1', 'microservice2']) {
      for (const name of ['page', 'database', 'postgres', `Pod/default/${service}-health-test`]) expect(stdout).toMatch(new RegExp(`✓ passed {2}${service} {2}${name} {2}`));
    }
    expect(stdout).toContain('8 of 8 tests passed');
  });

  test('names find Services from inside of pods', async () => {
    const script = 'fetch("http://microservice2.default.svc.cluster.local/health").then((answer) => answer.json()).then(({ status }) => console.log(status))';
    expect(await home.kubectl(['exec', 'deploy/microservice1', '--', 'node', '-e', script])).toBe('ok');
  });

  test('data survive the deletion of the database pod, and the page gets it back by itself', async () => {
    await addNote('kept over a deletion');
    await home.kubectl(['delete', 'pod', 'postgres-service1-0']);
    await eventually(async () => { expect(await notes()).toContain('kept over a deletion'); }, 90);
  });

  test('without its database a service stays up, says so, and recovers', async () => {
    await home.kubectl(['scale', 'statefulset/postgres-service1', '--replicas=0']);
    await eventually(async () => {
      const { status, json } = await ask(`${first}/health`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 'degraded', database_connected: false });
    });
    expect((await ask(`${first}/api/service1`)).status).toBe(503);
    expect((await ask(first)).text).toContain('Microservice 1');
    await home.kubectl(['scale', 'statefulset/postgres-service1', '--replicas=1']);
    await eventually(async () => { expect((await ask(`${first}/health`)).json).toMatchObject({ status: 'ok', database_connected: true }); }, 90);
    expect(await home.kubectl(['get', 'pods', '-l', 'app.kubernetes.io/name=microservice1', '-o', 'jsonpath={.items[*].status.containerStatuses[*].restartCount}'])).toBe('0');
  });

  test('data survive a stop and a start of the cluster', async () => {
    const stopped = await home.mostik(['cluster', 'stop', home.cluster]);
    expect(stopped.code, stopped.stderr).toBe(0);
    const started = await home.mostik(['cluster', 'start', home.cluster]);
    expect(started.code, started.stderr).toBe(0);
    await eventually(async () => { expect(await notes()).toContain('kept over a deletion'); }, 120);
  });

  test('images that did not change are neither built nor loaded again; a changed one is', async () => {
    const build = async (...args: string[]): Promise<string[]> => {
      const { code, stdout, stderr } = await home.mostik(['image', 'build', '--dir', dir, '-o', 'json', ...args], { env });
      expect(code, stderr).toBe(0);
      return (JSON.parse(stdout) as { images: { component: string; outcome: string; loaded: boolean }[] }).images.map(({ component, outcome, loaded }) => `${component} ${outcome} ${loaded}`);
    };
    const digest = async (): Promise<string | undefined> => {
      const { stdout } = await home.mostik(['image', 'list', '--cluster', home.cluster, '-o', 'json']);
      return (JSON.parse(stdout) as { images: { name: string; digest: string }[] }).images.find(({ name }) => name === 'docker.io/library/microservice1:latest')?.digest;
    };
    expect(await build()).toEqual(['microservice1 unchanged false', 'microservice2 unchanged false']);
    const before = await digest();
    const page = join(dir, 'docker', 'web-app', 'page', 'index.html');
    const original = readFileSync(page, 'utf8');
    appendFileSync(page, '<!-- changed -->\n');
    expect((await build('microservice1'))[0]).toMatch(/^microservice1 (built|unchanged) true$/);
    expect(before).toBeDefined();
    expect(await digest()).not.toBe(before);
    writeFileSync(page, original);
    expect(await build('microservice1')).toEqual(['microservice1 unchanged false']);
    expect(await digest()).toBe(before);
  });

  test('with persistence off, data end with the pod', async () => {
    await up('-p', 'test');
    await eventually(async () => { expect(await notes()).toEqual([]); });
    await addNote('lost');
    expect(await notes()).toEqual(['lost']);
    await home.kubectl(['delete', 'pod', 'postgres-service1-0']);
    await eventually(async () => { expect(await notes()).toEqual([]); }, 90);
  });

  test('the web applications alone answer without any database', async () => {
    await up('-p', 'minimal');
    for (const service of ['microservice1', 'microservice2']) {
      await eventually(async () => { expect((await ask(`http://${await home.address(service)}/health`)).json).toMatchObject({ status: 'ok', database_connected: false }); });
    }
    expect((await ask(first)).text).toContain('Microservice 1');
    expect(await home.kubectl(['get', 'statefulsets', '-o', 'name'])).toBe('');
  });
});
