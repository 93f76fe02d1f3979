import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { findPrograms } from '../../src/cluster/index.js';
import { asDict } from '../../src/lib/read-unknown.js';
import { makeHome, noEngine, root, type Home } from '../e2e/mostik.js';

/** Why tests with real pods cannot run here; undefined when they can. */
export const noRealNode: string | undefined = reasonAgainst();

function reasonAgainst(): string | undefined {
  const { lacks } = findPrograms();
  if (lacks.length > 0) return `this machine lacks ${lacks.map(({ what }) => what).join(', ')}`;
  const missing = ['buildah', 'debootstrap', 'apt-get', 'tar'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  if (missing.length > 0) return `images cannot be made without ${missing.join(', ')}`;
  if (!existsSync('/usr/bin/busybox') && !existsSync('/bin/busybox')) return 'images cannot be made without busybox-static';
  if (noEngine !== undefined) return noEngine;
  return existsSync(join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-node')) ? undefined : 'MOSTIK_ENGINE_DIR has no mostik-node';
}

/** A home with a cluster of one real node, and what tests ask of it. */
export interface RealHome extends Home {
  cluster: string;
  /** Runs kubectl and returns what it prints; fails the test when kubectl does. */
  kubectl(args: string[], input?: string): Promise<string>;
  /** The address of a Service. */
  address(service: string): Promise<string>;
}

/** Builds images (see test/images), and returns their archives by name and the environment in which more are built on them. */
export function testImages(...names: string[]): { archives: string[]; env: NodeJS.ProcessEnv } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'test', 'images', 'build.mjs'), ...names], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`images could not be made: ${stderr.slice(-2000)}`);
  const { storage, images } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { storage: string; images: Record<string, string> };
  return { archives: Object.values(images), env: { CONTAINERS_STORAGE_CONF: storage } };
}

/** Makes a cluster of one real node, with these images in it. */
export async function makeRealHome(cluster: string, archives: readonly string[] = []): Promise<RealHome> {
  const home = makeHome();
  const created = await home.mostik(['cluster', 'create', cluster, '--real']);
  expect(created.code, created.stderr).toBe(0);
  if (archives.length > 0) {
    const loaded = await home.mostik(['image', 'load', ...archives, '--cluster', cluster]);
    expect(loaded.code, loaded.stderr).toBe(0);
  }
  const kubectl = async (args: string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await home.mostik(['kubectl', '--cluster', cluster, '--', ...args], input === undefined ? {} : { input });
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout.trim();
  };
  return { ...home, cluster, kubectl, address: (service) => kubectl(['get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}']) };
}

/** Asks over HTTP; a body that is JSON is read. */
export async function ask(url: string, body?: object): Promise<{ status: number; text: string; json: Record<string, unknown> }> {
  // A connection of its own each time: one that is kept may lead to a pod that is gone by then.
  const headers = { connection: 'close', ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000), headers, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  return { status: answer.status, text, json: answer.headers.get('content-type')?.includes('json') ? asDict(JSON.parse(text)) : {} };
}

/** Tries until it holds; the last failure ends the test. */
export async function eventually<T>(work: () => Promise<T>, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(300);
    }
  }
}
