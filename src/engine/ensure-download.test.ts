import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from './ensure.js';
import { diagnosticsOf, makeFixture, withGo, writeScript, type Fixture } from './test-fixture.js';

const system = `${process.platform}-${process.arch}`;
const path = { apiserver: '/dl.example.org/v1.0.0/kube-apiserver', etcd: '/files.example.org/etcd-v2.tar.gz' };

interface Mirror {
  fixture: Fixture;
  /** Paths that were asked for. */
  asked: string[];
}

/** A mirror with two programs, and a table that pins both; `answers` replace single files by something else. */
async function serve(answers: Record<string, (response: ServerResponse, content: Buffer) => void> = {}, table?: object): Promise<Mirror> {
  const fixture = makeFixture(['cache', 'download']);
  const files = programs(fixture);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    const content = files[url] ?? Buffer.alloc(0);
    if (answers[url]) answers[url](response, content);
    else response.writeHead(200, { 'content-length': content.length }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  fixture.env.MOSTIK_DOWNLOAD_BASE = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fixture.write('cluster', 'downloads.json', JSON.stringify(table ?? tableOf(files)));
  return { fixture, asked };
}

function programs({ folder }: Fixture): Record<string, Buffer> {
  const files = join(folder, 'files');
  writeScript(join(files, 'kube-apiserver'), 'echo "kube-apiserver runs: $0 $*"');
  writeScript(join(files, 'etcd-v2', 'etcd'), 'echo "etcd runs: $*"');
  execFileSync('tar', ['-czf', join(files, 'etcd.tar.gz'), '-C', files, 'etcd-v2']);
  return { [path.apiserver]: readFileSync(join(files, 'kube-apiserver')), [path.etcd]: readFileSync(join(files, 'etcd.tar.gz')) };
}

function tableOf(files: Record<string, Buffer>): object {
  const row = (name: string, at: string, more = {}): object => {
    const content = files[at] ?? Buffer.alloc(0);
    return { name, url: `https:/${at}`, sha256: createHash('sha256').update(content).digest('hex'), ...more };
  };
  const rows = [row('kube-apiserver', path.apiserver), row('etcd', path.etcd, { member: 'etcd-v2/etcd' })];
  return { versions: { kubernetes: 'v1.0.0', etcd: 'v2' }, targets: { [system]: rows } };
}

test('official programs are verified and put behind one launcher that runs them by name', async () => {
  const { fixture } = await serve();
  const engine = await ensureEngine('cluster', fixture.options);
  expect(engine).toMatchObject({ source: 'download', version: 'kubernetes v1.0.0, etcd v2' });
  const run = (...args: string[]): string => execFileSync(engine.path, args, { encoding: 'utf8' }).trim();
  expect(run('kube-apiserver', '--a', 'b c')).toBe(`kube-apiserver runs: ${join(dirname(engine.path), 'kube-apiserver')} --a b c`);
  expect(run('etcd', '--x')).toBe('etcd runs: --x');
  expect(() => run('no-such-program')).toThrow(/usage: mostik-cluster PROGRAM/);
  expect(readdirSync(dirname(engine.path)).sort()).toEqual(['engine.json', 'etcd', 'kube-apiserver', 'mostik-cluster']);
  expect(fixture.events.filter(({ type }) => type === 'downloading').length).toBeGreaterThan(0);
  expect(await ensureEngine('cluster', fixture.options)).toMatchObject({ source: 'cache', path: engine.path });
});

test('a file with a wrong checksum is refused, and nothing is kept', async () => {
  const { fixture } = await serve({ [path.etcd]: (response, content) => response.end(Buffer.concat([content, Buffer.from('x')])) });
  const problems = await diagnosticsOf(ensureEngine('cluster', fixture.options));
  expect(problems.map(({ code }) => code)).toEqual(['engine-unavailable', 'engine-checksum-mismatch']);
  expect(problems[1]?.message).toMatch(/etcd-v2\.tar\.gz: its SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}$/);
  expect(fixture.cached()).toEqual([]);
});

test('a file that is not there is named with the answer of the server', async () => {
  const { fixture, asked } = await serve({ [path.apiserver]: (response) => response.writeHead(404).end() });
  const problems = await diagnosticsOf(ensureEngine('cluster', fixture.options));
  expect(problems[1]?.message).toMatch(/kube-apiserver: the server answered 404 Not Found$/);
  expect(asked.filter((url) => url === path.apiserver)).toHaveLength(1);
  expect(fixture.cached()).toEqual([]);
});

test('a connection that is always cut leaves nothing half-made', async () => {
  const cut = (response: ServerResponse, content: Buffer): void => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 10), () => response.destroy());
  };
  const { fixture } = await serve({ [path.etcd]: cut });
  const problems = await diagnosticsOf(ensureEngine('cluster', fixture.options));
  expect(problems[1]).toMatchObject({ code: 'engine-download-failed' });
  expect(problems[1]?.message).toMatch(/the connection was cut after \d+ bytes$/);
  expect(fixture.cached()).toEqual([]);
});

test('a network without a way out is noticed at once', async () => {
  const { fixture } = await serve();
  fixture.env.MOSTIK_DOWNLOAD_BASE = 'http://127.0.0.1:9';
  const started = Date.now();
  const problems = await diagnosticsOf(ensureEngine('cluster', fixture.options));
  expect(problems[1]?.message).toMatch(/ECONNREFUSED$/);
  expect(Date.now() - started).toBeLessThan(20_000);
});

test('programs without a pinned checksum are not asked for', async () => {
  const table = { versions: {}, targets: { [system]: [{ name: 'etcd', url: `https:/${path.etcd}`, sha256: null }] } };
  const { fixture, asked } = await serve({}, table);
  const problems = await diagnosticsOf(ensureEngine('cluster', fixture.options));
  expect(problems[1]?.message).toBe('mostik-cluster: no checksum is pinned for etcd: skipped');
  expect(asked).toEqual([]);
});

test('a system without official builds is told so', async () => {
  const { fixture } = await serve({}, { versions: {}, targets: { 'plan9-mips': [] } });
  const problems = await diagnosticsOf(ensureEngine('cluster', fixture.options));
  expect(problems[1]?.message).toContain('official control-plane downloads are for Linux on amd64 and arm64 only');
});

withGo('when a download fails, Go builds the engine', async () => {
  const { fixture } = await serve({ [path.etcd]: (response) => response.writeHead(404).end() });
  const engine = await ensureEngine('cluster', { ...fixture.options, sources: ['download', 'go'] });
  expect(engine).toMatchObject({ source: 'go', version: 'fixture v1' });
  expect(fixture.skipped()).toEqual(['download: engine-download-failed']);
});

test('a cache that cannot be written is named, with the way out', async () => {
  const { fixture } = await serve();
  // A file where a folder should be stops root too.
  mkdirSync(join(fixture.folder, 'cache'));
  writeFileSync(join(fixture.folder, 'cache', 'mostik'), '');
  const [problem] = await diagnosticsOf(ensureEngine('cluster', fixture.options));
  expect(problem).toMatchObject({ code: 'engine-no-permission' });
  expect(problem?.message).toContain(join(fixture.folder, 'cache', 'mostik'));
  expect(problem?.hint).toContain('XDG_CACHE_HOME');
});
