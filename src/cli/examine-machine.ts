import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { engineStatus, type EngineStatus } from '../engine/index.js';
import { findBrowser } from '../operate/browser.js';
import { findPrograms, listClusters } from '../cluster/index.js';
import type { Finding } from '../views/doctor-human.js';

/** Looks at what Mostik needs on this machine. Starts nothing but version commands; asks no network. */
export async function examineMachine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const engines = await engineStatus({ env });
  return [
    node(),
    ...engines.map(engineFinding),
    program('go', ['version'], { needed: engines.some(({ engine }) => engine === undefined), todo: 'install Go, or set MOSTIK_ENGINE_DIR to a folder with the engines' }),
    program('git', ['--version'], { needed: false, todo: 'install Git: without it plans do not name the revision they come from' }),
    folder('state folder', join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'mostik')),
    folder('cache folder', join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mostik')),
    kubeconfig(env),
    clusters(),
    browser(env),
    ...realNode(env),
  ];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  const finding: Finding = { name: 'node', state: isNew ? 'ok' : 'failed', detail: `${process.version}, needs 20.19 or newer` };
  return isNew ? finding : { ...finding, todo: 'install Node 20.19 or newer' };
}

function engineFinding({ name, engine, sources }: EngineStatus): Finding {
  if (engine !== undefined) return { name: `engine ${name}`, state: 'ok', detail: [engine.version, engine.path].filter((part) => part !== '').join('  ') };
  const source = sources.find(({ ready }) => ready);
  if (source !== undefined) return { name: `engine ${name}`, state: 'warning', detail: `not there yet; it will come from ${source.source} at its first use`, todo: `get it ahead with mostik engine install ${name}` };
  return { name: `engine ${name}`, state: 'failed', detail: 'not there, and no source has it', todo: 'mostik engine status says what each source lacks' };
}

function program(name: string, args: string[], { needed, todo }: { needed: boolean; todo: string }): Finding {
  const result = spawnSync(name, args, { encoding: 'utf8', timeout: 10_000 });
  if (result.status === 0) return { name, state: 'ok', detail: (result.stdout.split('\n')[0] ?? '').trim() };
  return { name, state: 'warning', detail: needed ? 'not found; engines that are missing cannot be built' : 'not found', todo };
}

function folder(name: string, path: string): Finding {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return { name, state: 'ok', detail: nearest === path ? path : `${path} (made at first use)` };
  } catch {
    return { name, state: 'failed', detail: `${nearest} cannot be written`, todo: `make ${nearest} writable, or set XDG_${name.startsWith('state') ? 'STATE' : 'CACHE'}_HOME` };
  }
}

/** An own kubeconfig is needed for clusters that Mostik did not make, so none is fine. */
function kubeconfig(env: NodeJS.ProcessEnv): Finding {
  const paths = (env['KUBECONFIG'] || join(homedir(), '.kube', 'config')).split(delimiter).filter((path) => path !== '');
  const found = paths.filter((path) => existsSync(path));
  if (found.length > 0) return { name: 'kubeconfig', state: 'ok', detail: found.join(', ') };
  return { name: 'kubeconfig', state: 'ok', detail: `none at ${paths.join(', ')}; only clusters that Mostik makes can be used` };
}

function clusters(): Finding {
  const names = listClusters().map(({ name }) => name);
  return { name: 'clusters', state: 'ok', detail: names.length === 0 ? 'none yet; mostik up makes one' : names.join(', ') };
}

/** A server has none, and needs none. */
function browser(env: NodeJS.ProcessEnv): Finding {
  return { name: 'browser', state: 'ok', detail: findBrowser(env) ?? 'none; mostik open prints addresses, BROWSER names a program' };
}

/** What pods that really run would need here; simulated nodes need none of it. */
function realNode(env: NodeJS.ProcessEnv): Finding[] {
  const { lacks } = findPrograms(env);
  if (lacks.length === 0) return [{ name: 'real node', state: 'ok', detail: 'containers can run here: mostik up --nodes real' }];
  return lacks.map(({ what, wayOut }) => ({ name: 'real node', state: 'warning', detail: `lacks ${what}; simulated nodes work without`, todo: wayOut }));
}
