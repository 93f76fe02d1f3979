import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../e2e/mostik.js';
import { ask, eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

/** Answers with its name and version, writes plain lines and JSON, and ends when `/tmp/stop` is there. */
const web = (version: string, replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: busybox:1
          imagePullPolicy: IfNotPresent
          command: [sh, -c]
          args:
            - |
              mkdir /www; echo "$HOSTNAME ${version}" > /www/index.html; httpd -p 8080 -h /www
              echo "begin ${version}"
              n=0; while [ ! -e /tmp/stop ]; do n=$((n+1)); echo "tick $n"; echo "{\\"level\\":40,\\"msg\\":\\"counted\\",\\"n\\":$n}"; sleep 0.3; done
              echo "end ${version}"
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { tcpSocket: { port: http }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
`;

/** A pod to run things in; `prepare` makes it one without tar, or with a tar that sends what it likes. */
const tool = (name: string, image: string, prepare: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: ${name}
      image: ${image}
      imagePullPolicy: IfNotPresent
      command: [sh, -c, '${prepare}; touch /tmp/ready; while true; do sleep 1; done']
      readinessProbe: { exec: { command: [cat, /tmp/ready] }, periodSeconds: 1 }
`;

describe.skipIf(noRealNode !== undefined)(`working with running pods${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let dir: string;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    home = await makeRealHome('streams', testImages('busybox:1', 'debian:bookworm-slim').archives);
    dir = platform('v1', 2);
    await up();
  }, 600_000);
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await home?.remove();
  });

  function platform(version: string, replicas: number): string {
    return home.write('streams', {
      'platform.yaml': 'apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: streams }\nspec:\n  cluster: { name: streams, nodes: real }\n  components:\n    web: { manifests: [web.yaml] }\n    tools: { manifests: [tools.yaml] }\n',
      'web.yaml': web(version, replicas),
      'tools.yaml': [tool('tool', 'busybox:1', 'true'), tool('bare', 'debian:bookworm-slim', 'rm /bin/tar'), tool('naked', 'busybox:1', 'rm /bin/sh'), tool('evil', 'debian:bookworm-slim', 'rm /bin/tar; printf "#!/bin/sh\\\\ncat /tmp/evil.tar\\\\n" > /bin/tar; chmod +x /bin/tar')].join('---\n'),
    });
  }
  async function up(): Promise<void> {
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '240s']);
    expect(code, stdout + stderr).toBe(0);
  }
  const mostik = (args: string[], input?: string): ReturnType<RealHome['mostik']> => home.mostik(args, { cwd: dir, ...(input === undefined ? {} : { input }) });

  /** Starts a command that goes on; `seen` waits for what it writes, `end` is Ctrl-C. */
  function follow(args: string[]): { out(): string; err(): string; seen(pattern: RegExp, where?: 'out' | 'err'): Promise<void>; end(): Promise<number | null> } {
    const child = home.start(args, { cwd: dir });
    started.push(child);
    const text = { out: '', err: '' };
    child.stdout?.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return {
      out: () => text.out,
      err: () => text.err,
      seen: (pattern, where = 'out') => eventually(async () => Promise.resolve(expect(text[where], text.err).toMatch(pattern))),
      end: () => {
        child.kill('SIGINT');
        return ended;
      },
    };
  }
  /** Runs with bytes in and out. */
  function bytes(args: string[], input: Buffer): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
    const child = spawn(process.execPath, [join(root, 'bin', 'mostik'), ...args], { cwd: dir, env: home.env });
    started.push(child);
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    // A command that fails at once does not read it.
    child.stdin.on('error', () => undefined).end(input);
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout: Buffer.concat(chunks), stderr })));
  }
  const webPods = async (): Promise<string[]> => (await home.kubectl(['get', 'pods', '-l', 'app=web', '--field-selector=status.phase=Running', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ').sort();
  const sha = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

  test('logs of two pods are merged by time, JSON lines in columns; as JSON each line has its pod', async () => {
    const pods = await webPods();
    expect(pods).toHaveLength(2);
    const shown = await mostik(['logs', 'web', '--tail', '6']);
    expect(shown.code, shown.stderr).toBe(0);
    for (const pod of pods) expect(shown.stdout).toMatch(new RegExp(`^${pod} │ WARN  counted n=\\d+$`, 'm'));
    expect(shown.stdout).toMatch(/ │ tick \d+$/m);
    const { stdout } = await mostik(['logs', 'web', '--since', '1m', '-o', 'json']);
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as { time: string; pod: string; component: string; line: string });
    expect(new Set(lines.map(({ pod }) => pod))).toEqual(new Set(pods));
    expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).sort());
    expect(lines.every(({ component }) => component === 'web')).toBe(true);
    const raw = await mostik(['logs', `pod/${pods[0] ?? ''}`, '--raw', '--grep', '^begin']);
    expect(raw.stdout).toBe('begin v1\n');
  });

  test('following goes on over the restart of a container, and --previous shows the run before', async () => {
    const [pod = ''] = await webPods();
    const logs = follow(['logs', 'web', '-f', '--grep', 'begin|end|tick', '--tail', '0']);
    const ticks = follow(['logs', `pod/${pod}`, '-f', '--raw', '--grep', '^tick']);
    // Both follow the pod before it ends.
    await ticks.seen(/tick \d+/);
    await logs.seen(new RegExp(`${pod} +│ tick`));
    expect((await mostik(['run', `pod/${pod}`, '--', 'touch', '/tmp/stop'])).code).toBe(0);
    await logs.seen(new RegExp(`${pod} +│ end v1\\n(.*\\n)*${pod} +│ begin v1`));
    await logs.seen(new RegExp(`· ${pod}/web restarted`), 'err');
    expect(await logs.end()).toBe(0);
    await ticks.seen(/tick \d+\n(tick \d+\n)*tick 1\n/);
    expect(await ticks.end()).toBe(0);
    const numbers = ticks.out().trim().split('\n').map((line) => Number(line.slice(5)));
    // One step at a time but for the one restart: no line twice, none left out.
    expect(numbers.filter((number, i) => i > 0 && number !== (numbers[i - 1] ?? 0) + 1)).toEqual([1]);
    const previous = await mostik(['logs', `pod/${pod}`, '--previous', '--raw', '--tail', '1']);
    expect(previous.stdout).toBe('end v1\n');
  });

  test('commands end with their own exit codes, and stderr stays apart', async () => {
    const both = await mostik(['run', 'tool', '--', 'sh', '-c', 'echo out; echo err >&2']);
    expect(both).toMatchObject({ code: 0, stdout: 'out\n' });
    expect(both.stderr).toBe('err\n');
    expect((await mostik(['run', 'tool', '--', 'sh', '-c', 'exit 7'])).code).toBe(7);
    expect((await mostik(['run', 'tool', '--', 'sh', '-c', 'kill -9 $$'])).code).toBe(137);
    const missing = await mostik(['run', 'tool', '--', 'no-such-program']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('error[command-not-started]: Pod/default/tool: no-such-program cannot be started: the container has no such program');
    expect(await mostik(['run', 'tool', '-c', 'other', '--', 'true'])).toMatchObject({ code: 3, stderr: expect.stringContaining('error[container-unknown]: Pod/default/tool: there is no container other; it has tool') as string });
  });

  test('5 MB go in and come out byte by byte', async () => {
    const content = randomBytes(5_000_000);
    const { code, stdout, stderr } = await bytes(['run', 'tool', '--', 'cat'], content);
    expect(code, stderr).toBe(0);
    expect(sha(stdout)).toBe(sha(content));
    const summed = await bytes(['run', 'tool', '--', 'sha256sum'], content);
    expect(summed.stdout.toString()).toContain(sha(content));
  });

  test('a command that leaves its input unread ends with its own code at once', async () => {
    const much = Buffer.alloc(8_000_000, 'y');
    const { code, stdout, stderr } = await bytes(['run', 'tool', '--', 'sh', '-c', 'sleep 1; head -c 4; echo words >&2; exit 3'], much);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 3, stdout: 'yyyy', stderr: 'words\n' });
    // Without a shell in the container it gets its input all the same.
    expect(await bytes(['run', 'naked', '--', 'cat'], Buffer.from('in'))).toMatchObject({ code: 0, stdout: Buffer.from('in') });
  });

  test('a shell takes what is piped in, and ends with its code', async () => {
    expect(await mostik(['shell', 'tool'], 'echo here $((40 + 2))\nexit 3\n')).toMatchObject({ code: 3, stdout: 'here 42\n' });
  });

  test('a shell on a terminal is interactive, and knows its size', async () => {
    // `script` gives the command a terminal; what is typed follows when the prompt is there.
    const child = spawn('script', ['-qec', `stty rows 33 cols 99; ${process.execPath} ${join(root, 'bin', 'mostik')} shell tool`, '/dev/null'], { cwd: dir, env: { ...home.env, TERM: 'xterm' } });
    started.push(child);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ended = new Promise((resolve) => child.on('close', resolve));
    const seen = (pattern: RegExp): Promise<void> => eventually(async () => Promise.resolve(expect(stripVTControlCharacters(text)).toMatch(pattern)));
    await seen(/# $/);
    child.stdin.write('stty size; echo $TERM\n');
    await seen(/33 99\r+\nxterm/);
    child.stdin.write('sleep 100\n');
    await seen(/sleep 100\r+\n$/);
    child.stdin.write('\u0003');
    await seen(/\^C\r+\n.*# $/s);
    child.stdin.write('exit 5\n');
    expect(await ended).toBe(5);
  });

  test('copies a folder both ways: links, exec bits, names with spaces, 20 MB', async () => {
    const source = join(home.folder, 'source');
    mkdirSync(join(source, 'sub folder', 'x'.repeat(120)), { recursive: true });
    writeFileSync(join(source, 'a name with spaces'), 'spaces');
    writeFileSync(join(source, '@at'), 'at');
    writeFileSync(join(source, 'sub folder', 'run.sh'), '#!/bin/sh\necho ran\n');
    chmodSync(join(source, 'sub folder', 'run.sh'), 0o755);
    writeFileSync(join(source, 'sub folder', 'x'.repeat(120), 'deep'), 'deep');
    symlinkSync('sub folder/run.sh', join(source, 'link'));
    const large = randomBytes(20_000_000);
    writeFileSync(join(source, 'large'), large);

    const there = await mostik(['copy', source, 'tool:/tmp']);
    expect(there.code, there.stderr).toBe(0);
    expect(await mostik(['run', 'tool', '--', 'sh', '-c', 'cd /tmp/source && ./link && cat "a name with spaces" && readlink link'])).toMatchObject({ code: 0, stdout: 'ran\nspacessub folder/run.sh\n' });

    const back = await mostik(['copy', 'tool:/tmp/source', './back', '-o', 'json']);
    expect(back.code, back.stderr).toBe(0);
    expect(JSON.parse(back.stdout)).toMatchObject({ version: 1, pod: 'Pod/default/tool', files: 5, leftOut: [] });
    const at = (name: string): string => join(dir, 'back', name);
    expect(sha(readFileSync(at('large')))).toBe(sha(large));
    expect(readFileSync(at('a name with spaces'), 'utf8')).toBe('spaces');
    expect(readFileSync(at('@at'), 'utf8')).toBe('at');
    expect(readFileSync(at(join('sub folder', 'x'.repeat(120), 'deep')), 'utf8')).toBe('deep');
    expect(readlinkSync(at('link'))).toBe('sub folder/run.sh');
    expect(statSync(at('sub folder/run.sh')).mode & 0o111).toBe(0o111);

    const one = await mostik(['copy', 'tool:/tmp/source/large', join(home.folder, 'one')]);
    expect(one.code, one.stderr).toBe(0);
    expect(sha(readFileSync(join(home.folder, 'one')))).toBe(sha(large));
    expect(await mostik(['copy', 'tool:/tmp/not-there', '.'])).toMatchObject({ code: 3, stderr: expect.stringContaining('tool:/tmp/not-there: there is no such file or folder') as string });
    expect(await mostik(['copy', source, 'tool:/no/such/folder'])).toMatchObject({ code: 1, stderr: expect.stringContaining('error[copy-failed]: tool:/no/such/folder: not copied: there is no folder /no/such in the container') as string });
  });

  test('without tar in the container single files are copied, and folders refused', async () => {
    const file = join(home.folder, 'program');
    writeFileSync(file, '#!/bin/sh\necho program\n', { mode: 0o755 });
    const there = await mostik(['copy', file, 'bare:/tmp/program']);
    expect(there.code, there.stderr).toBe(0);
    await mostik(['run', 'bare', '--', 'chmod', '+x', '/tmp/program']);
    const back = await mostik(['copy', 'bare:/tmp/program', 'program']);
    expect(back.code, back.stderr).toBe(0);
    expect(readFileSync(join(dir, 'program'), 'utf8')).toBe('#!/bin/sh\necho program\n');
    expect(statSync(join(dir, 'program')).mode & 0o111).toBe(0o111);
    expect(await mostik(['copy', 'bare:/etc', 'etc'])).toMatchObject({ code: 1, stderr: expect.stringContaining('the container has no tar') as string });
  });

  test('an archive that tries to leave the target is refused, and writes nothing outside', async () => {
    const outside = join(home.folder, 'outside');
    mkdirSync(outside, { recursive: true });
    const evil = join(home.folder, 'evil');
    mkdirSync(evil, { recursive: true });
    writeFileSync(join(evil, 'payload'), 'evil');
    symlinkSync(outside, join(evil, 'way'));
    const archives: Record<string, string[]> = {
      'climbing': ['--transform=s,payload,../../outside/climbed,', 'payload'],
      'absolute': ['--absolute-names', `--transform=s,payload,${outside}/absolute,`, 'payload'],
      'through a link': ['way', '--transform=s,payload,way/through,', 'payload'],
    };
    for (const [name, args] of Object.entries(archives)) {
      const tar = spawn('tar', ['-C', evil, '-cf', join(home.folder, 'evil.tar'), '-P', ...args]);
      expect(await new Promise((resolve) => tar.on('close', resolve)), name).toBe(0);
      const sent = await bytes(['run', 'evil', '--', 'sh', '-c', 'cat > /tmp/evil.tar'], readFileSync(join(home.folder, 'evil.tar')));
      expect(sent.code, sent.stderr).toBe(0);
      const { code, stdout, stderr } = await mostik(['copy', 'evil:/etc', `./stolen ${name}`]);
      if (name === 'through a link') {
        // The link itself is left out, so the file lands in a folder of that name.
        expect(code, stderr).toBe(0);
        expect(stdout).toContain('1 left out');
        expect(lstatSync(join(dir, `stolen ${name}`, 'way')).isDirectory()).toBe(true);
      } else {
        expect(code, stdout + stderr).toBe(6);
        expect(stderr).toContain('error[copy-entry-outside]');
      }
    }
    for (const file of ['climbed', 'absolute', 'through']) expect(existsSync(join(outside, file))).toBe(false);
  });

  test('a forward stays over a pod change, several at once', async () => {
    await home.kubectl(['scale', 'deployment/web', '--replicas=1']);
    const [first = ''] = await eventually(async () => {
      const pods = await webPods();
      expect(pods).toHaveLength(1);
      return pods;
    });
    const forward = follow(['forward', 'web', `pod/${first}::8080`, '-o', 'json']);
    await forward.seen(/\}\n$/);
    const { forwards } = JSON.parse(forward.out()) as { forwards: { component: string; pod: string; local: number; url: string }[] };
    expect(forwards.map(({ component, pod }) => `${component} ${pod}`)).toEqual([`web ${first}`, `pod/${first} ${first}`]);
    const url = forwards[0]?.url ?? '';
    for (const each of forwards) expect((await ask(each.url)).text).toBe(`${first} v1\n`);
    const taken = await mostik(['forward', `web:${forwards[0]?.local ?? 0}:80`]);
    expect(taken).toMatchObject({ code: 4, stderr: expect.stringMatching(/error\[forward-port-taken\]: 127\.0\.0\.1:\d+: another program listens there/) as string });
    // An end of our side is no end of the answer.
    const half = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = createConnection({ host: '127.0.0.1', port: forwards[0]?.local ?? 0, allowHalfOpen: true }, () => socket.end('GET / HTTP/1.0\r\n\r\n'));
      socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text)).on('error', reject);
    });
    expect(half).toContain(`${first} v1`);

    await home.kubectl(['delete', 'pod', first]);
    const answer = await eventually(async () => (await ask(url)).text);
    const [second = ''] = await webPods();
    expect(second).not.toBe(first);
    expect(answer).toBe(`${second} v1\n`);
    await forward.seen(new RegExp(`goes on with ${second}`), 'err');
    expect(await forward.end()).toBe(0);
  });

  test('following goes on over a rollout: new pods join, old ones leave', async () => {
    const [old = ''] = await webPods();
    const logs = follow(['logs', 'web', '-f', '--tail', '5000', '--grep', 'begin|tick 2$']);
    await logs.seen(new RegExp(`${old} +│`));
    dir = platform('v2', 1);
    await up();
    const [young = ''] = await eventually(async () => {
      const pods = await webPods();
      expect(pods).toHaveLength(1);
      expect(pods).not.toContain(old);
      return pods;
    });
    await logs.seen(new RegExp(`${young} +│ begin v2\\n(.*\\n)*${young} +│ tick 2`));
    await logs.seen(new RegExp(`· ${young} joined`), 'err');
    await logs.seen(new RegExp(`· ${old} left`), 'err');
    expect(await logs.end()).toBe(0);
  });

  test('any cluster of a kubeconfig does without a platform, and names complete from files', async () => {
    const { stdout: kubeconfig } = await home.mostik(['cluster', 'kubeconfig', 'streams']);
    const anywhere = await home.mostik(['run', 'pod/tool', '-n', 'default', '--kubeconfig', kubeconfig.trim(), '--', 'hostname'], { cwd: home.folder });
    expect(anywhere).toMatchObject({ code: 0, stdout: 'tool\n' });
    const all = await home.mostik(['logs', 'deployment/web', '--kubeconfig', kubeconfig.trim(), '--tail', '1', '--raw'], { cwd: home.folder });
    expect(all.code, all.stderr).toBe(0);
    expect(all.stdout).toMatch(/tick|counted/);
    const unknown = await mostik(['logs', 'webb']);
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('error[work-unknown]: webb: there is no such component or pod in platform streams\n  hint: did you mean web?');
    expect((await mostik(['__complete', 'bash', '--', 'shell', ''])).stdout).toBe('words\nweb\ntools\n');
    expect((await home.mostik(['__complete', 'bash', '--', 'logs', '--dir', 'streams', 'we'])).stdout).toBe('words\nweb\n');
    await home.kubectl(['scale', 'deployment/web', '--replicas=0']);
    await eventually(async () => { expect((await mostik(['shell', 'web'], '')).stderr).toContain('error[work-without-pods]'); });
  });
});
