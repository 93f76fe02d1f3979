import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimsOf, directGrant, discover, signIn, type Realm } from './open-id.js';
import { eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';
import { s3Request, type S3 } from './s3-client.js';
import { webClient, type Answer, type WebClient } from './web-client.js';

/** Java services are built on these. */
const bases = ['maven:3.9-eclipse-temurin-17', 'eclipse-temurin:17-jre'];
const loaded = ['postgres:15', 'traefik:v3.4.1', 'quay.io/keycloak/keycloak:26.7.3', 'minio/minio:RELEASE.2025-09-07T16-13-09Z', 'curlimages/curl:8.14.1', 'seldonio/mlserver:1.7.1-sklearn'];

/** A flower of each kind, as in models/flowers.csv. Version 1 of the model does not tell the last two apart. */
const flowers = [[5.0, 3.4, 1.5, 0.2], [5.9, 3.1, 4.4, 1.6], [6.9, 3.1, 5.6, 2.4]];
const kindsBy: Record<string, number[]> = { 1: [0, 1, 1], 2: [0, 1, 2] };
const tensor = { inputs: [{ name: 'rows', shape: [3, 4], datatype: 'FP64', data: flowers.flat() }] };

describe.skipIf(noRealNode !== undefined)(`the ML platform with real pods${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let dir: string;
  let env: NodeJS.ProcessEnv;
  let web: WebClient;
  let realm: Realm;
  let alice: string;

  beforeAll(async () => {
    const images = testImages(...bases, ...loaded);
    env = images.env;
    home = await makeRealHome('ml-cluster', images.archives.slice(bases.length));
    dir = home.copy('ml-platform');
    const { code, stdout, stderr } = await up();
    expect(code, stdout + stderr).toBe(0);
    web = webClient(await home.kubectl(['get', 'service', 'traefik', '-n', 'traefik', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']));
    realm = await eventually(() => discover(web, 'http://auth.ml.localhost/realms/model-registry-realm', 'model-registry-app'));
    // Traefik hears of routes and of pods that are ready a moment later.
    for (const url of ['http://catalog.ml.localhost/models', 'http://predictions.ml.localhost/predictions/iris', 'http://datasets.ml.localhost/datasets']) await eventually(async () => { expect((await call(url)).status, url).toBe(401); });
    await eventually(async () => { expect((await call('http://ml.localhost/v2/health/ready')).status).toBe(200); });
  }, 1_200_000);
  // A token ends after minutes, which tests on a busy machine may take.
  beforeEach(async () => { alice = await tokenOf('alice'); });
  afterAll(async () => home?.remove());

  const up = (...args: string[]): ReturnType<RealHome['mostik']> => home.mostik(['up', dir, '--timeout', '600s', ...args], { env });
  const passwordOf = (name: string): string => {
    const found = new RegExp(`^${name}=["']?([^"'\\n]+)`, 'm').exec(readFileSync(join(dir, '.env'), 'utf8'))?.[1];
    if (found === undefined) throw new Error(`.env has no ${name}`);
    return found;
  };
  const tokenOf = async (name: string): Promise<string> => {
    const { status, text, json } = await directGrant(realm, name, passwordOf(name.toUpperCase()));
    expect(status, text).toBe(200);
    return String(json['access_token']);
  };
  const call = (url: string, { token, method, body }: { token?: string; method?: string; body?: object | string } = {}): Promise<Answer> =>
    web(url, {
      ...(method ? { method } : {}),
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const infer = async (model = 'iris'): Promise<{ version: unknown; kinds: unknown }> => {
    const { status, text, json } = await call(`http://ml.localhost/v2/models/${model}/infer`, { method: 'POST', body: tensor });
    expect(status, text).toBe(200);
    return { version: json['model_version'], kinds: (json['outputs'] as { data: unknown }[])[0]?.data };
  };
  /** Answers of the model server at its Service, where callers in the cluster ask; each over a connection of its own. */
  const serviceAnswers = async (count: number): Promise<{ version: string; kinds: unknown }[]> => {
    const address = await home.kubectl(['get', 'service', 'model-registry', '-n', 'model-registry', '-o', 'jsonpath={.spec.clusterIP}']);
    const service = webClient(address);
    const ask = async (): Promise<{ version: string; kinds: unknown }> => {
      const { status, text, json } = await service(`http://${address}:8008/v2/models/iris/infer`, { method: 'POST', headers: { 'content-type': 'application/json', connection: 'close' }, body: JSON.stringify(tensor) });
      expect(status, text).toBe(200);
      return { version: String(json['model_version']), kinds: (json['outputs'] as { data: unknown }[])[0]?.data };
    };
    const answers: { version: string; kinds: unknown }[] = [];
    while (answers.length < count) answers.push(...(await Promise.all([ask(), ask(), ask(), ask()])));
    return answers;
  };

  test('passes the tests that it declares', async () => {
    const { code, stdout, stderr } = await home.mostik(['test', '--dir', dir]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('5 of 5 tests passed');
  });

  test('keeps its generated passwords where only their owner reads them', () => {
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
    expect(passwordOf('ALICE')).toHaveLength(24);
  });

  test('alice signs in on the page of Keycloak, and by name and password, and nobody does with a wrong one', async () => {
    expect(realm.issuer).toBe('http://auth.ml.localhost/realms/model-registry-realm');
    const signedIn = await signIn(realm, { username: 'alice', password: passwordOf('ALICE'), redirect: 'http://ml.localhost/signed-in' });
    expect(signedIn.status, signedIn.text).toBe(200);
    for (const token of [String(signedIn.json['access_token']), alice]) {
      expect(claimsOf(token)).toMatchObject({ iss: realm.issuer, preferred_username: 'alice', azp: 'model-registry-app' });
    }
    expect((await call('http://catalog.ml.localhost/models', { token: String(signedIn.json['access_token']) })).status).toBe(200);
    expect(await directGrant(realm, 'alice', 'wrong')).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
  });

  test('every Java service answers alice through its Ingress, and refuses a token without the role, a broken one, and none', async () => {
    const bob = await tokenOf('bob');
    const [head, claims, signature = ''] = alice.split('.');
    const forged = [head, claims, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.');
    for (const url of ['http://catalog.ml.localhost/models', 'http://predictions.ml.localhost/predictions/iris', 'http://datasets.ml.localhost/datasets']) {
      const answered = await call(url, { token: alice });
      expect(answered.status, `${url}: ${answered.text}`).toBe(200);
      expect((await call(url, { token: bob })).status, url).toBe(403);
      expect((await call(url, { token: forged })).status, url).toBe(401);
      expect((await call(url)).status, url).toBe(401);
    }
  });

  test('the catalog keeps what alice writes in PostgreSQL', async () => {
    const written = await call('http://catalog.ml.localhost/models/iris', { token: alice, method: 'PUT', body: { version: '1', framework: 'sklearn' } });
    expect(written.status, written.text).toBe(200);
    expect((await call('http://catalog.ml.localhost/models/iris', { token: alice })).json).toMatchObject({ name: 'iris', version: '1', changedBy: 'alice' });
    const rows = await home.kubectl(['exec', '-n', 'model-registry', 'postgres-0', '--', 'psql', '-U', 'postgres', '-d', 'catalog', '-tAc', 'select name, changed_by from models']);
    expect(rows).toBe('iris|alice');
  });

  test('objects are put into the bucket and got from it, by signed requests and through the service', async () => {
    const address = await home.kubectl(['get', 'service', 'minio', '-n', 'model-registry', '-o', 'jsonpath={.spec.clusterIP}']);
    const s3: S3 = { address, port: 9000, accessKey: 'minio', secretKey: passwordOf('MINIO') };
    const put = await s3Request(s3, 'PUT', '/datasets/by-hand.csv', '1,2,3\n');
    expect(put.status, put.text).toBe(200);
    expect((await s3Request(s3, 'GET', '/datasets/by-hand.csv')).text).toBe('1,2,3\n');
    expect((await call('http://datasets.ml.localhost/datasets/by-hand.csv', { token: alice })).text).toBe('1,2,3\n');
    const sent = await call('http://datasets.ml.localhost/datasets/sent.csv', { token: alice, method: 'PUT', body: '4,5,6\n' });
    expect(sent.status, sent.text).toBe(201);
    expect((await s3Request(s3, 'GET', '/datasets/sent.csv')).text).toBe('4,5,6\n');
    expect((await s3Request(s3, 'HEAD', '/models')).status).toBe(200);
    expect((await s3Request({ ...s3, secretKey: 'wrong' }, 'GET', '/datasets/by-hand.csv')).status).toBe(403);
    expect((await webClient(address)(`http://${address}:9000/datasets/by-hand.csv`)).status).toBe(403);
  });

  test('the declared model answers through Traefik, and for alice through the gateway', async () => {
    expect((await call('http://ml.localhost/v2/health/ready')).status).toBe(200);
    expect(await infer()).toEqual({ version: '1', kinds: [0, 1, 1] });
    const asked = await call('http://predictions.ml.localhost/predictions/iris', { token: alice, method: 'POST', body: { rows: flowers } });
    expect(asked.json, asked.text).toEqual({ model: 'iris', version: '1', predictions: [0, 1, 1] });
    expect((await call('http://ml.localhost/v2/models/none/infer', { method: 'POST', body: tensor })).status).toBe(404);
  });

  test('a change of the realm reaches the running Keycloak', async () => {
    const file = join(dir, 'values', 'keycloak.yaml');
    const written = readFileSync(file, 'utf8');
    const ofBob = async (): Promise<number> => (await call('http://catalog.ml.localhost/models', { token: await tokenOf('bob') })).status;
    for (const { text, status } of [{ text: written.replace('roles: []', 'roles: [model-reader]'), status: 200 }, { text: written, status: 403 }]) {
      expect(await ofBob()).not.toBe(status);
      writeFileSync(file, text);
      const { code, stdout, stderr } = await up();
      expect(code, stdout + stderr).toBe(0);
      expect(await ofBob()).toBe(status);
    }
    expect(await home.kubectl(['get', 'pod', 'keycloak-0', '-n', 'model-registry', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}'])).toBe('0');
  });

  test('a second time nothing changes', async () => {
    const { code, stdout, stderr } = await up();
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).not.toMatch(/\d+ (created|updated|deleted)/);
    const plan = await home.mostik(['plan', dir, '--exit-code']);
    expect(plan.code, plan.stdout + plan.stderr).toBe(0);
  });

  test('two versions of a model divide the requests for it; the newer one takes over, goes back to its share, and away, without a gap', async () => {
    const gaps: string[] = [];
    let done = false;
    const watching = (async (): Promise<void> => {
      while (!done) {
        await infer().catch((error: unknown) => gaps.push(String(error)));
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    const change = async (made: ReturnType<RealHome['mostik']>, expected: unknown[]): Promise<void> => {
      const { code, stdout, stderr } = await made;
      expect(code, stdout + stderr).toBe(0);
      // A pod that is about to end still answers for what was.
      await eventually(async () => { expect((await home.kubectl(['get', 'pods', '-n', 'model-registry', '-l', 'app.kubernetes.io/name=model-registry', '-o', 'name'])).split('\n')).toHaveLength(1); }, 120);
      const { models } = JSON.parse((await home.mostik(['models', dir, '-o', 'json'])).stdout) as { models: { version: string; traffic: number; ready: string }[] };
      expect(models.map(({ version, traffic, ready }) => [version, traffic, ready])).toEqual(expected);
    };
    const both = [['1', 70, 'ready'], ['2', 30, 'ready']];
    try {
      await change(up('-p', 'iris-canary'), both);
      for (const version of ['1', '2', '1', '2']) expect(await infer(`iris/versions/${version}`)).toEqual({ version, kinds: kindsBy[version] });
      expect((await call('http://ml.localhost/v2/models/iris')).json).toMatchObject({ name: 'iris', versions: ['1', '2'] });
      const answered = await serviceAnswers(200);
      expect(answered.filter(({ version, kinds }) => String(kinds) !== String(kindsBy[version]))).toEqual([]);
      // Outside of these bounds once in 7e10 times: the sums of both ends of the binomial distribution for 200 and 0.3.
      const newer = answered.filter(({ version }) => version === '2').length;
      expect(newer).toBeGreaterThanOrEqual(20);
      expect(newer).toBeLessThanOrEqual(105);
      const { text, json } = await call('http://predictions.ml.localhost/predictions/iris', { token: await tokenOf('alice'), method: 'POST', body: { rows: flowers } });
      expect(json, text).toEqual({ model: 'iris', version: expect.stringMatching(/^[12]$/), predictions: kindsBy[String(json['version'])] });
      await change(up('-p', 'iris-v2'), [['2', 100, 'ready']]);
      expect(await infer()).toEqual({ version: '2', kinds: kindsBy['2'] });
      await change(home.mostik(['rollback', dir, '--yes', '--timeout', '600s'], { env }), both);
      await change(up(), [['1', 100, 'ready']]);
      expect(await infer()).toEqual({ version: '1', kinds: kindsBy['1'] });
    } finally {
      done = true;
      await watching;
    }
    expect(gaps).toEqual([]);
  }, 900_000);
});
