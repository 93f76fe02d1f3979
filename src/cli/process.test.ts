import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { reportFailure } from './failure.js';
import { createTerminal, openStreams, wantsColour, type Terminal } from './terminal.js';
import { bundle, scratchFolder } from './test-cli.js';

const scratch = scratchFolder();
afterAll(scratch.dispose);
const interruptFile = JSON.stringify(join(import.meta.dirname, 'interrupt.ts'));

describe('a real process', () => {
  let program: string;
  let patient: string;

  beforeAll(async () => {
    program = await bundle(scratch.path, { file: 'src/cli/main.ts' });
    const folder = join(scratch.path, 'patient');
    mkdirSync(folder);
    patient = await bundle(folder, {
      code: `import { watchInterrupts } from ${interruptFile};
const { signal } = watchInterrupts((text) => console.log(text));
signal.addEventListener('abort', () => console.log('aborted'));
setInterval(() => undefined, 1000);
console.log('ready');`,
    });
  });

  test('is not disturbed by a reader that goes away', () => {
    const line = `'${process.execPath}' '${program}' completion bash | head -n 1; echo "\${PIPESTATUS[0]}"; for i in 1 2 3; do '${process.execPath}' '${program}' --help; done | true; '${process.execPath}' '${program}' nothing 2>&1 >/dev/null | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(1)).toEqual(['0', '3', '']);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s asks for a clean stop, the second one ends at once with 130', async (signal) => {
    const child = spawn(process.execPath, [patient], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    let wanted = ['ready', 'aborted', 'Stopping cleanly; once more ends at once'];
    const code = await new Promise<number | null>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        out += data.toString();
        if (out.includes('ready') && wanted.length === 3) {
          wanted = wanted.slice(1);
          child.kill(signal);
        } else if (wanted.every((line) => out.includes(line))) child.kill(signal);
      });
      child.on('close', resolve);
    });
    expect([code, out.trim().split('\n')]).toEqual([130, ['ready', 'aborted', 'Stopping cleanly; once more ends at once']]);
  });
});

describe('a terminal', () => {
  const terminal = (env: NodeJS.ProcessEnv = {}): { stdin: PassThrough; stderr: PassThrough; terminal: Terminal } => {
    const screen = (): PassThrough => Object.assign(new PassThrough(), { isTTY: true, columns: 50 });
    const [stdin, stdout, stderr] = [screen(), screen(), screen()];
    return { stdin, stderr, terminal: createTerminal(openStreams({ stdin, stdout, stderr, env }), { noColor: false, verbose: false }) };
  };

  test.each([['y\n', true], ['YES\n', true], [' y \n', true], ['n\n', false], ['\n', false], ['yep\n', false]])('takes the answer %j', async (answer, isYes) => {
    const { stdin, stderr, terminal: { ask } } = terminal();
    const asked = ask('Apply 3 changes to hello?', new AbortController().signal);
    stdin.write(answer);
    expect(await asked).toBe(isYes);
    expect(String(stderr.read())).toContain('Apply 3 changes to hello? [y/N] ');
  });

  test('takes the end of input for no, and Ctrl-C for the end of the question', async () => {
    const first = terminal();
    const asked = first.terminal.ask('?', new AbortController().signal);
    first.stdin.end();
    expect(await asked).toBe(false);
    const controller = new AbortController();
    const second = terminal().terminal.ask('?', controller.signal);
    controller.abort(new DOMException('interrupted', 'AbortError'));
    await expect(second).rejects.toThrow('interrupted');
  });

  test('messages stand above what is drawn', () => {
    const { stderr, terminal: { err, drawing } } = terminal();
    const above: string[] = [];
    drawing((text) => above.push(text));
    err('taking over a lock');
    drawing(undefined);
    err('done');
    expect([above, String(stderr.read())]).toEqual([['taking over a lock'], 'done\n']);
  });

  test('knows its width and follows it', () => {
    const { stderr, terminal: { errLook } } = terminal();
    expect(errLook.width).toBe(50);
    Object.assign(stderr, { columns: 120 });
    expect(errLook.width).toBe(120);
  });
});

describe('what ends a command', () => {
  const report = (error: unknown, more: { aborted?: boolean; json?: boolean } = {}): { code: number; out: string; err: string } => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const terminal = createTerminal(openStreams({ stdin, stdout, stderr, env: {} }), { noColor: true, verbose: false });
    const code = reportFailure(error, { where: 'mostik plan', terminal, signal: more.aborted === true ? AbortSignal.abort() : new AbortController().signal, json: more.json === true });
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
  };

  test('nobody has words for is one line and exit 1; MOSTIK_DEBUG shows where it happened', () => {
    const error = new Error('boom', { cause: new Error('deeper') });
    expect(report(error)).toEqual({ code: 1, out: '', err: 'error[unexpected]: mostik plan: boom\n  hint: MOSTIK_DEBUG=1 shows where it happened\n' });
    vi.stubEnv('MOSTIK_DEBUG', '1');
    try {
      expect(report(error).err).toMatch(/boom\n\s+at [\s\S]*caused by Error: deeper\n\s+at /);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('is Ctrl-C: exit 130, whatever the work was at', () => {
    expect(report(new Error('socket hang up'), { aborted: true })).toMatchObject({ code: 130, err: 'warning[interrupted]: mostik plan: interrupted\n' });
  });

  test('are Diagnostics: the exit code of the first error, all of them printed and counted', () => {
    const error = new MostikError([diagnose('answer-no', { where: 'mostik apply' }), diagnose('cluster-choice', { where: 'x', clusters: 'none' })]);
    const { code, err, out } = report(error, { json: true });
    expect([code, err.split('\n').at(-2)]).toEqual([6, '2 errors']);
    expect(JSON.parse(out)).toMatchObject({ version: 1, exitCode: 6, diagnostics: [{ code: 'answer-no' }, { code: 'cluster-choice' }] });
  });
});

test('colour: by flag, then NO_COLOR, then FORCE_COLOR, then by the terminal', () => {
  const tty = { isTTY: true };
  expect(wantsColour(tty, {}, false)).toBe(true);
  expect(wantsColour({}, {}, false)).toBe(false);
  expect(wantsColour(tty, { TERM: 'dumb' }, false)).toBe(false);
  expect(wantsColour(tty, { NO_COLOR: '1' }, false)).toBe(false);
  expect(wantsColour(tty, { NO_COLOR: '' }, false)).toBe(true);
  expect(wantsColour({}, { FORCE_COLOR: '1' }, false)).toBe(true);
  expect(wantsColour({}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(false);
  expect(wantsColour(tty, { FORCE_COLOR: '0' }, false)).toBe(false);
  expect(wantsColour(tty, { FORCE_COLOR: '1' }, true)).toBe(false);
});
