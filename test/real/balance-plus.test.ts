import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asDict, asList, asNumber, asString, valueAt, type Dict } from '../../src/lib/read-unknown.js';
import { fetchFrom, makeBrowser, makeCertificate, type Browser, type Fetch } from './balance/browser.js';
import { baseImages, copyOperators, copyPlatform, foreignImages, noGo } from './balance/set-up.js';
import { eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

// platforms/balance-plus as its profile `prod` says, with real pods. What differs from production:
// - one node of this machine instead of four in two zones, so requests of the stateful parts and the highest numbers of pods
//   are smaller, and waiting times before scaling down shorter: balance/machine.yaml has each of them;
// - the worker may go down to none (production keeps two), since the way from none and back is what is tried;
// - Traefik serves the class `nginx` instead of ingress-nginx; its redirect to HTTPS is an option of its own;
// - no cert-manager: the test signs the certificate and writes the Secret that cert-manager would write;
// - images of test/images: Debian's PostgreSQL 15, RabbitMQ 3.10 (production: 4.1), nginx 1.22, Python 3.11;
// - KEDA without its admission webhooks; no Prometheus.
const reason = noRealNode ?? noGo;
const host = 'balance.example.org';
const site = `https://${host}`;
const namespace = 'balance-plus';

/** The page's own program, as it is served. */
interface Condense {
  submit(fetch: Fetch, apiBase: string, what: { text: string; sentences: number }): Promise<{ id: string; state: string }>;
  follow(fetch: Fetch, apiBase: string, how: { id: string; pollMilliseconds: number }): Promise<{ state: string; summary: string }>;
}

describe.skipIf(reason !== undefined)(`balance-plus in production with real pods${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let home: RealHome;
  let dir: string;
  let env: NodeJS.ProcessEnv;
  let address: string;
  let browser: Browser;
  let authority: string;

  const kubectl = (...args: string[]): Promise<string> => home.kubectl(['-n', namespace, ...args]);
  const read = async (...args: string[]): Promise<Dict> => asDict(JSON.parse(await kubectl('get', ...args, '-o', 'json')));
  const up = (...args: string[]) => home.mostik(['up', dir, '-p', 'prod', '-p', 'machine', '--nodes', 'real', '--timeout', '240s', ...args], { env });
  const wanted = async (deployment: string): Promise<number> => asNumber(valueAt(await read('deployment', deployment), 'spec', 'replicas')) ?? 0;
  const post = (body: object) => browser.ask(`${site}/api/condense`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  beforeAll(async () => {
    const images = testImages(...foreignImages, ...baseImages);
    env = images.env;
    home = await makeRealHome('balance-plus-prod', images.archives.slice(0, foreignImages.length));
    const operators = await home.mostik(['up', copyOperators(home), '--timeout', '180s']);
    expect(operators.code, operators.stdout + operators.stderr).toBe(0);
    dir = copyPlatform(home);
    const platform = await up();
    expect(platform.code, platform.stdout + platform.stderr).toBe(0);
    const made = await makeCertificate(host);
    authority = made.authority;
    await home.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'balance-plus-tls', namespace }, stringData: { 'tls.crt': made.certificate, 'tls.key': made.key } }));
    address = await eventually(async () => {
      const found = await home.kubectl(['-n', 'ingress', 'get', 'service', 'traefik', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']);
      expect(found).toMatch(/^[\d.]+$/);
      return found;
    });
    browser = makeBrowser(address, authority);
    // Where none of the images is there yet, Go compiles Traefik and KEDA first.
  }, 2_700_000);
  afterAll(async () => {
    browser?.close();
    await home?.remove();
  });

  test('every pod is as Pod Security asks, and one that is not is refused', async () => {
    expect(valueAt(await read('namespace', namespace), 'metadata', 'labels', 'pod-security.kubernetes.io/enforce')).toBe('restricted');
    const { code, stderr } = await home.mostik(['kubectl', '--cluster', home.cluster, '--', '-n', namespace, 'run', 'root', '--image', 'busybox:1']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('violates PodSecurity "restricted');
    expect(await kubectl('exec', 'deploy/api-gateway', '--', 'sh', '-c', 'id -u; touch /app/file 2>&1 || true')).toMatch(/^10001\n.*Read-only file system/s);
    const { items } = await read('pods');
    const restarts = asList(items).flatMap((pod) => asList(valueAt(pod, 'status', 'containerStatuses'))).filter((status) => asNumber(asDict(status)['restartCount']) !== 0);
    expect(restarts).toEqual([]);
  });

  test('the tests that the platform declares pass', async () => {
    const { code, stdout, stderr } = await home.mostik(['test', '--dir', dir, '-p', 'prod', '-p', 'machine']);
    expect(code, stdout + stderr).toBe(0);
    for (const name of ['postgres  ready', 'orchestrator  ready', 'api-gateway  ready', 'frontend  page']) expect(stdout).toContain(`✓ passed  ${name}  `);
  });

  test('HTTPS with a certificate that is valid for the host, and for no other', async () => {
    await eventually(async () => { expect((await browser.ask(`${site}/`)).status).toBe(200); });
    const page = await browser.ask(`${site}/`);
    expect(page.text).toContain('<title>Balance+</title>');
    expect(page.headers['content-security-policy']).toBe("default-src 'self'");
    await expect(browser.ask('https://other.example.org/')).rejects.toThrow(/self-signed|self signed|altnames|unable to/i);
    const stranger = makeBrowser(address);
    await expect(stranger.ask(`${site}/`)).rejects.toThrow(/self-signed|self signed|unable to/i);
    stranger.close();
  });

  test('plain HTTP is redirected, for the pages and for the API', async () => {
    for (const path of ['/', '/api/condense']) {
      const { status, headers } = await browser.ask(`http://${host}${path}`);
      expect([301, 308]).toContain(status);
      expect(headers.location).toBe(`${site}${path}`);
    }
  });

  test('a browser gets the page, and the page\'s own program a text condensed', async () => {
    const { apiBase } = JSON.parse((await browser.ask(`${site}/config.json`)).text) as { apiBase: string };
    const program = join(home.folder, 'condense.mjs');
    writeFileSync(program, (await browser.ask(`${site}/condense.js`)).text);
    const { submit, follow } = (await import(/* @vite-ignore */ pathToFileURL(program).href)) as Condense;
    const fetch = fetchFrom(browser, site);
    const text = 'The bridge was built of stone. The bridge stone was heavy. Nobody came. The stone bridge carried carts over the river.';
    const { id } = await submit(fetch, apiBase, { text, sentences: 1 });
    const { state, summary } = await follow(fetch, apiBase, { id, pollMilliseconds: 500 });
    expect(state).toBe('done');
    expect(text).toContain(summary);
    expect(summary.length).toBeGreaterThan(10);
    expect((await post({ text: '' })).status).toBe(422);
    expect((await browser.ask(`${site}/some/link/into/the/page`)).text).toContain('<title>Balance+</title>');
  });

  test('between its pods exactly those ports are open that check network says; the rest is refused', async () => {
    const listening: Record<string, number[]> = { 'api-gateway': [8000, 9090], frontend: [8080], orchestrator: [8000, 9090], postgres: [5432], rabbitmq: [5672, 15692] };
    const { stdout } = await home.mostik(['check', 'network', dir, '-p', 'prod', '-p', 'machine', '-o', 'json']);
    const said = asList(asDict(JSON.parse(stdout))['paths']).map(asDict);
    const addresses = new Map<string, string>();
    for (const name of Object.keys(listening)) addresses.set(name, asString(valueAt(await read('pods', '-l', `app.kubernetes.io/name=${name}`, '--field-selector', 'status.phase=Running'), 'items', 0, 'status', 'podIP')) ?? '');
    const tried = await Promise.all(Object.keys(listening).map(async (from) => {
      const targets = Object.keys(listening).filter((to) => to !== from).flatMap((to) => (listening[to] ?? []).map((port) => `${to} ${port} ${addresses.get(to)}`));
      const script = `while read -r to port ip; do echo "${from} to $to on $port: $(timeout 5 bash -c "exec 3<>/dev/tcp/$ip/$port" 2>&1 && echo open)"; done`;
      return (await home.kubectl(['-n', namespace, 'exec', '-i', `${from === 'postgres' || from === 'rabbitmq' ? 'statefulset' : 'deployment'}/${from}`, '--', 'bash', '-c', script], `${targets.join('\n')}\n`)).split('\n').filter((line) => line.startsWith(from));
    }));
    // Refused at once, not lost: what policies deny is answered.
    const seen = tried.flat().map((line) => line.replace(/: .*Connection refused.*/, ': refused')).sort();
    const expected = Object.keys(listening).flatMap((from) => Object.keys(listening).filter((to) => to !== from).flatMap((to) => {
      const path = said.find((one) => one['from'] === from && one['to'] === to);
      const open: string[] = path?.['state'] === 'open' ? (asString(path['ports'])?.match(/\d+/g) ?? []) : [];
      return (listening[to] ?? []).map((port) => `${from} to ${to} on ${port}: ${open.includes(String(port)) ? 'open' : 'refused'}`);
    })).sort();
    expect(seen).toEqual(expected);
    expect(seen).toEqual(expect.arrayContaining(['api-gateway to orchestrator on 8000: open', 'api-gateway to postgres on 5432: refused', 'api-gateway to rabbitmq on 5672: refused', 'frontend to postgres on 5432: refused', 'orchestrator to postgres on 5432: open', 'orchestrator to rabbitmq on 5672: open']));
    expect(seen.filter((line) => line.endsWith('open'))).toHaveLength(3);
  });

  test('the migration really ran before the release, and says what it did', async () => {
    const { status } = await read('job', 'orchestrator-migration');
    expect(status).toMatchObject({ succeeded: 1 });
    expect(await kubectl('logs', 'job/orchestrator-migration')).toMatch(/"database migrated".*0001_tasks\.sql/);
    const tables = await kubectl('exec', 'postgres-0', '--', 'psql', '-U', 'balance', '-d', 'balance', '-tAc', 'select name from schema_migrations');
    expect(tables).toBe('0001_tasks.sql');
  });

  test('a migration that fails stops the change, and what runs goes on', async () => {
    const before = await read('deployment', 'orchestrator');
    const { code, stdout, stderr } = await up('-p', 'broken-migration');
    expect(code, stdout + stderr).not.toBe(0);
    expect(stdout + stderr).toContain('orchestrator-migration');
    expect(stdout + stderr).toContain('the schema of this release is broken');
    const after = await read('deployment', 'orchestrator');
    expect(valueAt(after, 'spec', 'template')).toEqual(valueAt(before, 'spec', 'template'));
    expect(valueAt(await read('configmap', 'orchestrator'), 'data', 'LOG_LEVEL')).toBe('info');
    expect((await post({ text: 'It still answers. It does.' })).status).toBe(202);
    // The release before it is what the cluster has; only its hooks run, since the last ones did not end well, and only once.
    const again = await up();
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(again.stdout + again.stderr).not.toMatch(/\d+ (created|updated|deleted)\b/);
    expect(again.stdout + again.stderr).toMatch(/\b2 run\b/);
    const third = await up();
    expect(third.code, third.stdout + third.stderr).toBe(0);
    expect(third.stdout + third.stderr).not.toMatch(/\d+ (created|updated|deleted|run)\b/);
  });

  test('the worker comes from none when messages lie in RabbitMQ, and goes again', async () => {
    await eventually(async () => { expect(await wanted('condenser-worker')).toBe(0); }, 90);
    await eventually(async () => { expect(asList((await read('pods', '-l', 'app.kubernetes.io/name=condenser-worker'))['items'])).toEqual([]); });
    const ids = await Promise.all(Array.from({ length: 30 }, async (_, i) => {
      const { status, text } = await post({ text: `Text ${i} is the first. Text ${i} is the second and longer one. The third is none.`, sentences: 1 });
      expect(status).toBe(202);
      return (JSON.parse(text) as { id: string }).id;
    }));
    await eventually(async () => { expect(await wanted('condenser-worker')).toBeGreaterThan(0); }, 120);
    await eventually(async () => {
      const answers = await Promise.all(ids.map((id) => browser.ask(`${site}/api/condense/${id}`)));
      expect(answers.map(({ text }) => (JSON.parse(text) as { state: string }).state)).toEqual(ids.map(() => 'done'));
    }, 90);
    await eventually(async () => { expect(await wanted('condenser-worker')).toBe(0); }, 90);
  });

  test('the orchestrator becomes more pods under load, and as many as before without it', async () => {
    await eventually(async () => {
      const hpa = await read('hpa', 'orchestrator');
      expect(valueAt(hpa, 'status', 'currentMetrics', 0, 'resource', 'current', 'averageUtilization')).toBeTypeOf('number');
      expect(await wanted('orchestrator')).toBe(2);
    }, 120);
    const { id } = JSON.parse((await post({ text: 'One text that everyone asks for.' })).text) as { id: string };
    // Straight to its Service, as the node may: what a busy machine has left goes to the orchestrator, not to those before it.
    const service = makeBrowser(await kubectl('get', 'service', 'orchestrator', '-o', 'jsonpath={.spec.clusterIP}'));
    let loading = true;
    const users = Array.from({ length: 24 }, async () => {
      while (loading) await service.ask(`http://orchestrator/tasks/${id}`).catch(() => undefined);
    });
    try {
      await eventually(async () => { expect(await wanted('orchestrator')).toBeGreaterThan(2); }, 180);
    } finally {
      loading = false;
      await Promise.all(users);
      service.close();
    }
    expect((await post({ text: 'It answers while there are more of it.' })).status).toBe(202);
    await eventually(async () => { expect(await wanted('orchestrator')).toBe(2); }, 180);
  });
});
