import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { ensureEngine } from './ensure.js';
import { placeOf } from './place.js';
import { engineStatus, removeEngines } from './status.js';
import { diagnosticsOf, makeFixture, withGo, type Fixture } from './test-fixture.js';

let base: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'mostik-engine-'));
  // Some tests end a process in the middle of its work, so that work runs outside this one.
  const engine = JSON.stringify(fileURLToPath(new URL('./ensure.ts', import.meta.url)));
  writeFileSync(
    join(base, 'entry.ts'),
    `import { ensureEngine } from ${engine};
const say = (event: unknown) => console.log(JSON.stringify(event));
ensureEngine('render', { root: process.argv[2]!, onProgress: say }).then((engine) => say({ type: 'done', engine }), (error: Error) => say({ type: 'failed', message: error.message }));`,
  );
  buildSync({ entryPoints: [join(base, 'entry.ts')], outfile: join(base, 'entry.mjs'), bundle: true, platform: 'node', format: 'esm' });
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('building with Go', () => {
  withGo('an engine is built once and then found in the cache', async () => {
    const { options, events, cached, skipped } = makeFixture();
    const { key } = placeOf('render', options);
    expect(await ensureEngine('render', options)).toMatchObject({ name: 'render', source: 'go', version: 'fixture v1' });
    expect(skipped()).toEqual(['npm: engine-package-missing', 'download: engine-no-download']);
    expect(events.at(-1)).toMatchObject({ type: 'ready', source: 'go' });
    expect(cached()).toEqual([key]);
    events.length = 0;
    expect(await ensureEngine('render', options)).toMatchObject({ source: 'cache', version: 'fixture v1' });
    expect(events).toEqual([]);
  });

  withGo('two processes that need an engine at once build it once, and the second says whom it waits for', async () => {
    const fixture = makeFixture();
    fixture.write('render', 'large.go', largeSource());
    const first = startProcess(fixture, fixture.env);
    await first.event('building');
    // Held until the second has seen it: nobody knows how fast the compiler is.
    first.child.kill('SIGSTOP');
    const second = startProcess(fixture, fixture.env);
    const waiting = await second.event('waiting');
    first.child.kill('SIGCONT');
    expect(waiting.holder).toMatch(new RegExp(`^process ${first.child.pid} on \\S+ since \\d\\d:\\d\\d:\\d\\d UTC$`));
    expect((await first.event('done')).engine).toMatchObject({ source: 'go' });
    expect((await second.event('done')).engine).toMatchObject({ source: 'cache' });
    expect(second.events.some(({ type }) => type === 'building')).toBe(false);
    expect(fixture.cached()).toHaveLength(1);
  });

  withGo('a build that is interrupted leaves nothing half-made and no process behind', async () => {
    const fixture = makeFixture();
    const helper = startProcess(fixture, cold(fixture));
    await helper.event('building', isCompiling);
    expect(fixture.cached()).toHaveLength(2);
    const ended = new Promise((resolve) => helper.child.once('exit', (_, by) => resolve(by)));
    helper.child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    expect(fixture.cached()).toEqual([]);
    expect(readdirSync(join(fixture.folder, 'tmp'))).toEqual([]);
    await nobodyBuildsIn(fixture);
  });

  withGo('after a SIGKILL in the middle of a build the next process takes over, ends what ran on, and succeeds', async () => {
    const fixture = makeFixture();
    const helper = startProcess(fixture, cold(fixture));
    await helper.event('building', isCompiling);
    helper.child.kill('SIGKILL');
    expect(await ensureEngine('render', fixture.options)).toMatchObject({ source: 'go' });
    expect(fixture.cached()).toEqual([placeOf('render', fixture.options).key]);
    await nobodyBuildsIn(fixture);
  });

  withGo('an abort ends the build, with exit code 130', async () => {
    const fixture = makeFixture();
    const stop = new AbortController();
    const options = { ...fixture.options, env: cold(fixture), signal: stop.signal, onProgress: () => stop.abort() };
    const [first] = await diagnosticsOf(ensureEngine('render', { ...options, sources: ['go'] }));
    expect(first).toMatchObject({ code: 'engine-interrupted' });
    expect(fixture.cached()).toEqual([]);
  });

  withGo('code that does not compile is shown with the compiler\'s words', async () => {
    const fixture = makeFixture(['go']);
    fixture.write('render', 'main.go', 'package main\n\nfunc main() { missing() }\n');
    const problems = await diagnosticsOf(ensureEngine('render', fixture.options));
    expect(problems.map(({ code }) => code)).toEqual(['engine-unavailable', 'engine-build-failed']);
    expect(problems[1]?.message).toContain('./main.go:3:15: undefined: missing');
    expect(fixture.cached()).toEqual([]);
  });

  withGo('a program that does not start is not put in place', async () => {
    const fixture = makeFixture(['go']);
    fixture.write('render', 'main.go', 'package main\n\nfunc main() { panic("no luck") }\n');
    const problems = await diagnosticsOf(ensureEngine('render', fixture.options));
    expect(problems[1]).toMatchObject({ code: 'engine-does-not-start' });
    expect(problems[1]?.message).toContain('panic: no luck');
    expect(fixture.cached()).toEqual([]);
  });

  withGo('a Go that is too old is named with the version that is needed', async () => {
    const fixture = makeFixture(['go']);
    fixture.write('render', 'go.mod', 'module example.org/render\n\ngo 1.999\n');
    fixture.env.GOTOOLCHAIN = 'local';
    const problems = await diagnosticsOf(ensureEngine('render', fixture.options));
    expect(problems[1]?.message).toMatch(/^mostik-render: needs Go 1\.999 to be built, `go` in PATH is \d+\.\d+/);
  });

  withGo('a module proxy that cannot be reached is noticed within seconds', async () => {
    const fixture = makeFixture(['go']);
    fixture.write('render', 'go.mod', 'module example.org/render\n\ngo 1.21\n\nrequire example.org/other v1.0.0\n');
    fixture.write('render', 'main.go', 'package main\n\nimport _ "example.org/other"\n\nfunc main() {}\n');
    fixture.env.GOPROXY = 'http://127.0.0.1:9';
    const started = Date.now();
    const problems = await diagnosticsOf(ensureEngine('render', fixture.options));
    expect(Date.now() - started).toBeLessThan(25_000);
    expect(problems[1]).toMatchObject({ code: 'engine-modules-unreachable' });
    expect(problems[1]?.message).toContain('http://127.0.0.1:9 cannot be reached: ECONNREFUSED');
  });

  withGo('a disk that is full is named, with what can be moved to another', async () => {
    const fixture = makeFixture(['go']);
    const small = join(fixture.folder, 'cache');
    mkdirSync(small);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]).status !== 0) {
      console.warn('skipped: only root may mount the small disk this test needs');
      return;
    }
    try {
      const problems = await diagnosticsOf(ensureEngine('render', fixture.options));
      expect(problems[0]?.hint).toMatch(/^Do what the hints below say/);
      expect(problems[1]).toMatchObject({ code: 'engine-disk-full', message: `mostik-render: no space left for it in ${small}/mostik/engines` });
      expect(fixture.cached()).toEqual([]);
    } finally {
      spawnSync('umount', [small]);
    }
  });

  withGo('removing takes the engines made from other sources, and with `all` every one', async () => {
    const fixture = makeFixture(['cache', 'go']);
    const changed = makeFixture(['cache', 'go']);
    changed.write('render', 'other.go', 'package main\n');
    const options = { ...changed.options, env: fixture.env };
    const old = await ensureEngine('render', fixture.options);
    const current = await ensureEngine('render', options);
    expect(removeEngines(options).map(({ folder }) => join(folder, 'mostik-render'))).toEqual([old.path]);
    expect(removeEngines({ ...options, all: true }).map(({ folder }) => join(folder, 'mostik-render'))).toEqual([current.path]);
    expect(fixture.cached()).toEqual([]);
  });

  withGo('the status names the engine in use, its version, and what each source has', async () => {
    const fixture = makeFixture();
    const engine = await ensureEngine('render', fixture.options);
    const [render, cluster] = await engineStatus(fixture.options);
    expect(render).toMatchObject({ name: 'render', engine: { path: engine.path, version: 'fixture v1' }, madeBy: undefined });
    expect(cluster?.engine).toBeUndefined();
    expect(render?.sources.map(({ source, ready }) => `${source} ${ready}`)).toEqual(['folder false', 'cache true', 'npm false', 'download false', 'go true']);
  });
});

const isCompiling = (event: Record<string, unknown>): boolean => event.step === 'packages' && Number(event.done) > 0;

/** Code that takes the compiler some seconds, different each time so that no cache has it. */
function largeSource(): string {
  const start = Date.now();
  const functions = Array.from({ length: 3_000 }, (_, i) => `func f${i}(a, b int) int { return a*b + a/(b+${start + i}) }`);
  return `package main\n\n${functions.join('\n')}\n`;
}

/** An empty Go cache makes a build last for seconds. */
function cold(fixture: Fixture): NodeJS.ProcessEnv {
  const tmp = join(fixture.folder, 'tmp');
  mkdirSync(tmp, { recursive: true });
  return { ...fixture.env, GOCACHE: join(fixture.folder, 'gocache'), TMPDIR: tmp };
}

interface Helper {
  child: ChildProcess;
  events: Record<string, unknown>[];
  /** The first event of a type, past or to come. */
  event(type: string, matches?: (event: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

function startProcess(fixture: Fixture, env: NodeJS.ProcessEnv): Helper {
  const child = spawn(process.execPath, [join(base, 'entry.mjs'), fixture.root], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const events: Record<string, unknown>[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => events.push(JSON.parse(line) as Record<string, unknown>));
  const event: Helper['event'] = (type, matches = () => true) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find((candidate) => candidate.type === type && matches(candidate));
        if (found) resolve(found);
      };
      look();
      lines.on('line', look);
      child.once('close', () => reject(new Error(`the process ended without an event ${type}: ${JSON.stringify(events)}`)));
    });
  return { child, events, event };
}

/** Fails when a process that works for the fixture (its cache folder stands in the environment) is still there. */
async function nobodyBuildsIn(fixture: Fixture): Promise<void> {
  await expect.poll(() => builders(fixture)).toEqual([]);
}

function builders({ folder }: Fixture): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`GOCACHE=${folder}`);
    } catch {
      return false;
    }
  });
}
