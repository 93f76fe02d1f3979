import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import type { BuildStep } from './engine.js';
import { checkGo, missingModules, reachProxy, stalePackages, type Go } from './go.js';
import { diskFull, type Job } from './job.js';
import { runGroup } from './run-group.js';

/** Builds an engine from its Go module into the job's folder. Throws MostikError with what to do. */
export async function buildWithGo(job: Job): Promise<void> {
  const { place } = job;
  const go = await checkGo(place, job.signal);
  const started = Date.now();
  const progress: Progress = { step: 'modules', done: 0, total: undefined };
  const tell = (): void => {
    job.emit({ type: 'building', engine: place.name, ...progress, seconds: Math.floor((Date.now() - started) / 1000) });
  };
  tell();
  const heartbeat = setInterval(tell, 1000);
  try {
    if (await missingModules(place, go, job.signal)) {
      await reachProxy(place, go, job.signal);
      await runGo(job, go, { args: ['list', '-deps', '.'], progress });
    }
    progress.total = await stalePackages(place, go, job.signal);
    Object.assign(progress, { step: progress.total === 1 ? 'link' : 'packages', done: 0 });
    mkdirSync(workFolder(job));
    const output = ['-o', join(job.folder, place.file)];
    await runGo(job, go, { args: ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(place.module), ...output, '.'], progress });
    rmSync(workFolder(job), { recursive: true });
  } finally {
    clearInterval(heartbeat);
  }
}

/** Where Go compiles: below the job's folder, so that it goes away with it when Go is killed. */
function workFolder(job: Job): string {
  return join(job.folder, '.go');
}

/** The linker's flags of an engine: its `ldflags` file, else none but those that make it small. */
export function linkerFlags(module: string): string {
  try {
    return readFileSync(join(module, 'ldflags'), 'utf8').trim();
  } catch {
    return '-s -w';
  }
}

interface Progress {
  step: BuildStep;
  done: number;
  total: number | undefined;
}

async function runGo(job: Job, go: Go, { args, progress }: { args: string[]; progress: Progress }): Promise<void> {
  const last: string[] = [];
  const result = await runGroup('go', args, {
    cwd: job.place.module,
    env: { ...go.env, CGO_ENABLED: '0', GOTMPDIR: existsSync(workFolder(job)) ? workFolder(job) : '' },
    signal: job.signal,
    onChild: job.noteChild,
    onLine(line) {
      if (!advance(progress, line)) last.push(line);
      if (last.length > 40) last.shift();
    },
  });
  if (result.code !== 0) throw new MostikError([explain(job, result, last)]);
}

/** Reads a line of Go's output; false when it is neither a module nor a package. */
function advance(progress: Progress, line: string): boolean {
  if (/^go: downloading /.test(line)) {
    if (progress.step === 'modules') progress.done++;
    return true;
  }
  if (!/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) return false;
  if (progress.step === 'modules') return true;
  progress.done++;
  // The last package is the program itself: what remains is linking.
  if (progress.total !== undefined && progress.done >= progress.total - 1) progress.step = 'link';
  return true;
}

function explain(job: Job, result: { code: number | null; by: string | null }, last: string[]): Diagnostic {
  const { place } = job;
  const { file, module } = place;
  const text = last.join('\n');
  if (/no space left on device|disk quota exceeded/i.test(text)) return diskFull(place, place.cache);
  const network = /(dial tcp|lookup |i\/o timeout|connection refused|TLS handshake|EOF|50\d [A-Z]).*/.exec(text);
  if (network && /proxy|Get "|module/.test(text)) {
    return diagnose('engine-modules-unreachable', { file, proxy: 'of `go env GOPROXY`', reason: network[0].slice(0, 200) });
  }
  const killed = result.by ?? /signal: killed/.exec(text)?.[0];
  if (killed !== undefined) return diagnose('engine-build-killed', { file, by: killed });
  const problem = last.filter((line) => line.trim() !== '' && !line.startsWith('# ')).slice(0, 10).join('\n') || `exit code ${result.code ?? '?'}`;
  return diagnose('engine-build-failed', { file, module, problem });
}
