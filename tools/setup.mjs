// Makes a checkout ready to run: installs dependencies and builds dist/ where they are missing or stale.
// Says what it does on stderr; stdout belongs to the command that comes after.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneAtATime } from './one-at-a-time.mjs';
import stamps from './source-stamp.cjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Installs and builds what is missing or stale, one process at a time. Throws an error with `expected` set when that fails. */
export async function setUp() {
  await installDependencies();
  if (stamps.distIsCurrent(root)) return;
  const { build } = await import('./build.mjs');
  await build();
}

/** Installs the dependencies of Mostik itself, one process at a time. */
export async function installDependencies() {
  if (stamps.dependenciesAreCurrent(root)) return;
  await oneAtATime(join(root, '.mostik', 'install.lock'), (pid) => say(`waiting for process ${pid}, which installs dependencies`), async () => {
    if (stamps.dependenciesAreCurrent(root)) return;
    await installIn(root, 'dependencies');
    stamps.noteDependencies(root);
  });
}

/** Runs `npm ci` in a folder unless its node_modules/ holds what its package-lock.json asks for. */
export async function installIn(folder, what) {
  if (holdsLockedVersions(folder)) return;
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`installing ${what} (npm ci)`);
  const heartbeat = setInterval(() => say(`still installing ${what}, ${seconds()} s`), 10_000);
  try {
    const { code, output } = await run('npm', ['ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'], folder);
    if (code !== 0) throw failure(`npm ci in ${folder} failed (exit code ${code}):\n${output.trim().split('\n').slice(-12).join('\n')}`);
  } finally {
    clearInterval(heartbeat);
  }
  say(`installed ${what}, ${seconds()} s`);
}

/** npm notes in node_modules/ what it installed. What is optional (other systems' binaries) may be missing. */
function holdsLockedVersions(folder) {
  const hidden = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version);
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.once('error', (error) => reject(failure(`${command} cannot be started (${error.code}). It comes with Node: https://nodejs.org`)));
    child.once('close', (code) => resolve({ code, output }));
  });
}

function failure(message) {
  return Object.assign(new Error(message), { expected: true });
}

function say(text) {
  console.error(`mostik: ${text}`);
}
