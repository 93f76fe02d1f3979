import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asDict, asStrings, valueAt } from '../../src/lib/read-unknown.js';
import { makeHome, noEngine, type Ended, type Home } from './mostik.js';

const platform = (image: string): string => `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: vault }
spec:
  namespace: vault
  secrets:
    db: { generate: { length: 32, alphabet: printable } }
    token: { generate: { length: 20 }, sealed: git/token.yaml }
  components:
    app: { chart: chart, values: { image: "${image}" }, secretValues: { password: db, token: token } }
    web: { workload: { image: "${image}", port: 80, env: { TOKEN: { secret: token } } }, needs: [app] }
`;

/** A chart that puts a secret wherever charts put them: as it is, inside a URL, in base64, in an argument. */
const files = {
  'platform.yaml': platform('nginx:1.27'),
  '.gitignore': '.env\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'chart/values.yaml': 'image: ""\npassword: ""\ntoken: ""\n',
  'chart/templates/all.yaml': `apiVersion: v1
kind: Secret
metadata: { name: app }
stringData:
  password: {{ .Values.password | quote }}
  url: {{ printf "postgres://app:%s@db/app" (urlquery .Values.password) | quote }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: app }
data:
  auth: {{ printf "app:%s" .Values.password | b64enc | quote }}
  url: {{ printf "https://x?token=%s&p=%s" .Values.token (urlquery .Values.password) | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      containers:
        - name: app
          image: {{ .Values.image }}
          args: [{{ printf "--token=%s" .Values.token | quote }}]
          env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: app, key: password } } }]
`,
};

describe.skipIf(noEngine)('passwords that Git keeps sealed', () => {
  let home: Home;
  let first: string;
  let clone: string;
  const key = (): string => join(home.folder, 'own.key');
  const outputs: Record<string, string> = {};
  /** Runs a command and keeps what it wrote: nothing that is kept may hold a value. */
  const mostik = async (args: string[], options: Parameters<Home['mostik']>[1] = {}): Promise<Ended> => {
    const ended = await home.mostik(args, options);
    outputs[`${Object.keys(outputs).length} mostik ${args.join(' ')}`] = `${ended.stdout}\n${ended.stderr}`;
    return ended;
  };
  const withKey = (): { env: NodeJS.ProcessEnv } => ({ env: { MOSTIK_SEALING_KEY: key() } });
  const kubectl = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await home.mostik(['kubectl', '--dir', clone, '--', ...args, '-o', 'json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as unknown;
  };
  let values: Record<string, string>;

  beforeAll(async () => {
    home = makeHome();
    first = home.write('first', files);
    clone = join(home.folder, 'clone');
    expect(await mostik(['secrets', 'new-key', first, '--out', key()])).toMatchObject({ code: 0 });
    const before = await mostik(['render', first]);
    const sealed = await mostik(['secrets', 'seal', first, '--generate']);
    expect(sealed.code, sealed.stderr).toBe(0);
    expect((await mostik(['render', first])).stdout).toBe(before.stdout);
    const env = readFileSync(join(first, '.env'), 'utf8');
    values = { db: /^DB=['"]?(.{32})/m.exec(env)![1]!, token: /^TOKEN=(.{20})$/m.exec(env)![1]! };
    cpSync(first, clone, { recursive: true });
    rmSync(join(clone, '.env'));
  });
  afterAll(async () => { await home.remove(); });

  it('a private key is refused where Git would take it, and readable by its owner alone', async () => {
    expect(statSync(key()).mode & 0o777).toBe(0o600);
    expect(await mostik(['secrets', 'new-key', home.folder, '--out', key()])).toMatchObject({ code: 6 });
    expect(existsSync(join(home.folder, 'secrets.crt'))).toBe(false);
  });

  it('a clone without the key says what it lacks, makes no new password and writes nothing', async () => {
    const { code, stderr } = await mostik(['up', clone]);
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/error\[sealed-not-opened\]: secret db: no value: it is sealed in .*secrets\.sealed\.yaml, and no key at hand opens it \(cluster .*: it has no key/);
    expect(stderr).toMatch(/secret token: no value: it is sealed in .*git\/token\.yaml/);
    expect(existsSync(join(clone, '.env'))).toBe(false);
    expect(valueAt(await kubectl('get', 'namespaces'), 'items')).not.toContainEqual(expect.objectContaining({ metadata: expect.objectContaining({ name: 'vault' }) as object }));
  });

  it('with the key, or with the key in the cluster, it knows the same passwords', async () => {
    const sources = async (options = {}): Promise<unknown[]> => {
      const { secrets } = JSON.parse((await mostik(['secrets', 'list', clone, '-o', 'json'], options)).stdout) as { secrets: { name: string; source: string; sealed: { state: string } }[] };
      return secrets.map(({ name, source, sealed }) => [name, source, sealed.state]);
    };
    const all = (source: string, state: string): string[][] => ['db', 'token', 'mostik-seed'].map((name) => [name, source, state]);
    expect(await sources()).toEqual(all('unopened', 'not-opened'));
    expect(await sources(withKey())).toEqual(all('sealed', 'same'));
    await kubectl('create', 'secret', 'tls', 'sealing', '-n', 'kube-system', `--cert=${join(clone, 'secrets.crt')}`, `--key=${key()}`);
    await kubectl('label', 'secret', 'sealing', '-n', 'kube-system', 'sealedsecrets.bitnami.com/sealed-secrets-key=active');
    expect(await sources()).toEqual(all('sealed', 'same'));
    await kubectl('label', 'secret', 'sealing', '-n', 'kube-system', 'sealedsecrets.bitnami.com/sealed-secrets-key-');
    expect((await home.mostik(['secrets', 'list', clone, '--reveal', 'token'], withKey())).stdout).toBe(`${values['token']}\n`);
  });

  it('brings the platform up with them; afterwards the cluster knows them too', async () => {
    const { code, stderr } = await mostik(['up', clone, '-v'], withKey());
    expect(code, stderr).toBe(0);
    const data = asStrings(valueAt(await kubectl('get', 'secret', 'app', '-n', 'vault'), 'data'));
    expect(Buffer.from(data['password'] ?? '', 'base64').toString()).toBe(values['db']);
    expect(existsSync(join(clone, '.env'))).toBe(false);
    const again = await mostik(['plan', clone, '--exit-code']);
    expect(again.code, again.stderr).toBe(0);
  });

  it('what is sealed and still the same is left alone', async () => {
    const before = readFileSync(join(clone, 'secrets.sealed.yaml'), 'utf8');
    expect(await mostik(['secrets', 'seal', clone], withKey())).toMatchObject({ code: 0, stdout: expect.stringContaining('unchanged') as string });
    expect(await mostik(['secrets', 'seal', clone])).toMatchObject({ code: 0, stdout: expect.stringContaining('not compared') as string });
    expect(await mostik(['secrets', 'seal', clone, '--secret', 'db'])).toMatchObject({ code: 6 });
    expect(readFileSync(join(clone, 'secrets.sealed.yaml'), 'utf8')).toBe(before);
    expect(await mostik(['secrets', 'seal', clone, '--secret', 'db', '--again'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(clone, 'secrets.sealed.yaml'), 'utf8')).not.toBe(before);
  });

  it('writes a SealedSecret of them for a controller', async () => {
    const out = join(clone, 'app.sealed.yaml');
    expect(await mostik(['secrets', 'seal', clone, '--name', 'db', '--secret', 'password=db', '--secret', 'token', '--out', out])).toMatchObject({ code: 0 });
    const opened = await home.mostik(['secrets', 'unseal', out, '--sealing-key', key(), '--reveal', 'password']);
    expect(opened.stdout).toBe(`${values['db']}\n`);
    expect(await mostik(['secrets', 'unseal', out, '--sealing-key', key(), '-o', 'json'])).toMatchObject({ code: 0, stdout: expect.stringContaining('"namespace": "vault"') as string });
  });

  it('shows no value in any form: not in output, plans, reports, state, caches, logs', async () => {
    writeFileSync(join(clone, 'platform.yaml'), platform('nginx:1.28'));
    const plan = join(home.folder, 'plan.json');
    const file = join(clone, 'secrets.sealed.yaml');
    // Those of one step only read, so they run side by side.
    const steps = [
      [['check', clone, '-o', 'json'], ['render', clone, '-o', 'json'], ['plan', clone, '-v'], ['plan', clone, '-o', 'json'], ['plan', clone, '--out', plan]],
      [['rehearse', clone, '--timeout', '240s', '--report', join(home.folder, 'rehearsal.json'), '--html', join(home.folder, 'rehearsal.html')]],
      [['apply', plan, '--yes', '-v']],
      [['status', clone, '-v'], ['status', clone, '-o', 'json'], ['history', clone, '-o', 'json'], ['diff', '1', '2', clone]],
      [['secrets', 'list', clone, '--sealing-key', key()], ['secrets', 'seal', clone, '--sealing-key', key(), '-o', 'json'], ['secrets', 'unseal', file, '--sealing-key', key()]],
      [['rollback', clone, '--yes', '-v']],
    ];
    for (const step of steps) {
      for (const [i, { code, stderr }] of (await Promise.all(step.map((args) => mostik(args)))).entries()) expect(code, `mostik ${step[i]!.join(' ')}\n${stderr}`).toBe(0);
    }
    Object.assign(outputs, await readState());
    expect(await mostik(['destroy', clone, '--yes', '-v'])).toMatchObject({ code: 0 });
    const texts = { ...outputs, ...filesOf(home.folder) };
    expect(Object.keys(texts).filter((name) => /(plan|rehearsal)\.json$|rehearsal\.html$|secrets\.sealed\.yaml$|generation-\d+$|piece-/.test(name)).length).toBeGreaterThan(7);
    const found = Object.entries(texts).flatMap(([name, text]) => Object.entries(values).flatMap(([secret, value]) => formsOf(value).filter((form) => text.includes(form)).map((form) => `${name}: ${secret} as ${form}`)));
    expect(found).toEqual([]);
    // The search can find something: the one place where values are kept, and the file of the first machine.
    expect(readFileSync(join(first, '.env'), 'utf8')).toContain(values['token']);
    expect(formsOf(values['db']!).length).toBeGreaterThan(4);
  }, 600_000);

  /** The state that the cluster keeps, unpacked, but for the one Secret that is there to keep values; and its events. */
  async function readState(): Promise<Record<string, string>> {
    const secrets = valueAt(await kubectl('get', 'secrets', '-n', 'mostik-system'), 'items') as unknown[];
    const texts = secrets.map((secret): [string, string] => {
      const name = String(valueAt(secret, 'metadata', 'name'));
      const content = Object.values(asStrings(valueAt(secret, 'data'))).map((data) => readable(Buffer.from(data, 'base64')));
      return [name, name.endsWith('.values') ? '' : `${JSON.stringify(asDict(secret)['metadata'])}\n${content.join('\n')}`];
    });
    return { ...Object.fromEntries(texts), events: JSON.stringify(await kubectl('get', 'events', '-A')) };
  }
});

function readable(bytes: Buffer): string {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString('utf8') : bytes.toString('latin1');
}

/** Every file below a folder but what is there to hold values: the first machine's .env, and etcd's data. */
function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !/[/]etcd[/]|first[/]\.env$/.test(path));
  return Object.fromEntries(paths.flatMap((path) => {
    const bytes = bytesOf(path);
    return bytes === undefined ? [] : [[relative(folder, path), readable(bytes)]];
  }));
}

/** What a file of no more than 32 MiB holds; undefined when it is larger, or when a process of the cluster took it away meanwhile. */
function bytesOf(path: string): Buffer | undefined {
  try {
    return statSync(path).size < 32 * 1024 * 1024 ? readFileSync(path) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A value as it may stand somewhere: as it is, escaped, and inside base64 at each of the three alignments. */
function formsOf(value: string): string[] {
  const forms = [value, encodeURIComponent(value), encodeURIComponent(value).toLowerCase(), new URLSearchParams([['', value]]).toString().slice(1), JSON.stringify(value).slice(1, -1)];
  for (const before of [0, 1, 2]) {
    const from = before === 0 ? 0 : before + 1;
    const to = Math.floor(((before + Buffer.byteLength(value)) * 8) / 6);
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    forms.push(bytes.toString('base64').slice(from, to), bytes.toString('base64url').slice(from, to));
  }
  return [...new Set(forms)];
}
