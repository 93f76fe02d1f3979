import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/rehearse/schema.js';
import { makeHome, noEngine, root, type Ended, type Home } from './mostik.js';
import { shop } from './rehearse-shop.js';

/** Clusters of rehearsals that are still there: folders, and processes that run in them. */
function leftovers(home: Home): string[] {
  const folder = join(home.folder, 'state', 'mostik', 'clusters');
  const folders = existsSync(folder) ? readdirSync(folder).filter((name) => name.includes('rehearse-')) : [];
  const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${folder}/rehearse-`);
    } catch {
      return false;
    }
  });
  return [...folders, ...processes];
}

describe.skipIf(noEngine)('a rehearsal', () => {
  let home: Home;
  let dir: string;
  let audit: string;
  beforeAll(async () => {
    home = makeHome();
    dir = home.write('shop', shop);
    expect((await home.mostik(['cluster', 'create', 'shop', '--audit'])).code).toBe(0);
    const { code, stdout, stderr } = await home.mostik(['up', dir]);
    expect(code, stdout + stderr).toBe(0);
    audit = join(home.folder, 'state', 'mostik', 'clusters', 'shop', 'logs', 'audit.log');
  });
  afterAll(async () => { await home.remove(); });

  /** Requests of ours that could have changed the real cluster, dry runs among them. */
  const writes = (): string[] => readFileSync(audit, 'utf8').split('\n').filter((line) => line.includes('"username":"mostik-admin"') && /"verb":"(create|update|patch|delete|deletecollection)"/.test(line));

  const rehearse = async (variant: string, ...args: string[]): Promise<Ended & { report: Rehearsal; outputs: string }> => {
    const files = { report: join(home.folder, `${variant}.json`), page: join(home.folder, `${variant}.html`) };
    const overlay = join(dir, `${variant}.overlay.yaml`);
    // What is stuck ends a wait at once; what only goes slowly has time.
    const ended = await home.mostik(['rehearse', dir, '--timeout', '240s', ...(existsSync(overlay) ? ['-f', overlay] : []), '--report', files.report, '--html', files.page, ...args]);
    expect(existsSync(files.report), ended.stdout + ended.stderr).toBe(true);
    const [json, page] = [readFileSync(files.report, 'utf8'), readFileSync(files.page, 'utf8')];
    return { ...ended, report: JSON.parse(json) as Rehearsal, outputs: [ended.stdout, ended.stderr, json, page].join('\n') };
  };

  it('names the cause of each change that would fail, beside others, and leaves the real cluster as it is', async () => {
    const before = writes().length;
    const cases: [variant: string, problem: RegExp, refused?: object][] = [
      ['claim', /StatefulSet\/shop\/db: must be deleted and made again: spec.volumeClaimTemplates cannot be changed/],
      ['too-large', /^orchestrator is not ready because Deployment\/shop\/orchestrator: .*: pod orchestrator-\S+: no node takes it: 0\/2 nodes are available: 2 Insufficient memory$/],
      ['policy', /Deployment\/shop\/orchestrator: .*ValidatingAdmissionPolicy 'pinned' .*an image is pinned to a version/, { kind: 'policy', name: 'pinned' }],
      ['key', /^orchestrator is not ready because Deployment\/shop\/orchestrator: .*: pod orchestrator-\S+: Secret shop\/db has no key pasword$/],
      ['quota', /^orchestrator is not ready because Deployment\/shop\/orchestrator: .*: its pods are refused: exceeded quota: small, /, { kind: 'quota', name: 'small' }],
      ['crash', /^db is not ready because StatefulSet\/shop\/db: .*: pod db-0: container db crashes again and again/],
    ];
    for (let i = 0; i < cases.length; i += 2) {
      await Promise.all(
        cases.slice(i, i + 2).map(async ([variant, problem, by]) => {
          const { code, report, stdout } = await rehearse(variant);
          expect(code, `${variant}\n${stdout}`).toBe(1);
          expect(report.outcome).toBe('failed');
          const found = report.problems.find(({ message }) => problem.test(message));
          expect(found, `${variant}\n${stdout}`).toBeDefined();
          if (by) expect(found?.by).toEqual(by);
          if (variant === 'key') expect(stdout).toContain('api-gateway is not ready because orchestrator is not ready');
          if (variant === 'crash') expect(report.notReady.find(({ component }) => component === 'api-gateway')?.root).toBe('db');
        }),
      );
    }
    expect(writes().length).toBe(before);
    expect(leftovers(home)).toEqual([]);
  }, 600_000);

  it('ends well with a report that lets exactly this plan be applied, and no secret value in any output', async () => {
    const { code, report, outputs, stdout } = await rehearse('image');
    expect(code, stdout).toBe(0);
    expect(report).toMatchObject({ outcome: 'well', base: { kind: 'generation', generation: 1, ready: true }, restarts: [{ object: 'Deployment/shop/orchestrator' }] });
    expect(report.services.find(({ service }) => service === 'Service/shop/orchestrator')).toMatchObject({ before: 2, least: 2, after: 2, wentEmpty: 0 });
    expect(new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(join(root, 'schema', 'rehearsal.schema.json'), 'utf8')) as object)(report)).toBe(true);
    const values = readFileSync(join(dir, '.env'), 'utf8').split('\n').flatMap((line) => /^\w+="?(.{8,}?)"?$/.exec(line)?.[1]?.replace(/\\(.)/g, '$1') ?? []);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) for (const form of [value, Buffer.from(value).toString('base64'), encodeURIComponent(value)]) expect(outputs).not.toContain(form);

    const file = join(home.folder, 'image.json');
    const other = await home.mostik(['apply', dir, '--yes', '--rehearsed', file]);
    expect(other.code, other.stderr).toBe(6);
    expect(other.stderr).toContain('Deployment/shop/orchestrator: what it should be has changed');
    const failed = await home.mostik(['apply', dir, '-f', join(dir, 'key.overlay.yaml'), '--yes', '--rehearsed', join(home.folder, 'key.json')]);
    expect(failed.code, failed.stderr).not.toBe(0);
    const plan = join(home.folder, 'plan.json');
    const overlay = ['-f', join(dir, 'image.overlay.yaml')];
    expect((await home.mostik(['plan', dir, ...overlay, '--out', plan])).code).toBe(0);
    const applied = await home.mostik(['apply', plan, '--yes', '--rehearsed', file]);
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    const late = await home.mostik(['apply', dir, ...overlay, '--yes', '--rehearsed', file]);
    expect(late.code).toBe(6);
    expect(late.stderr).toContain('it started from generation 1, the cluster is at generation 2');
  });

  it('carries faults out on the throw-away cluster alone', async () => {
    const [killed, slow] = await Promise.all([rehearse('replicas', '--kill-node', 'worker-2'), rehearse('again', '--slow-pod', 'orchestrator=never', '--crash', 'api-gateway')]);
    expect(killed.code, killed.stdout).toBe(0);
    expect(killed.report.faults).toEqual(['node worker-2 is lost with its pods during the rollout']);
    expect(killed.report.pods.reduce((sum, { ended }) => sum + ended, 0)).toBeGreaterThan(0);
    expect(slow.code, slow.stdout).toBe(1);
    expect(slow.report.faults).toEqual(['new pods of orchestrator never become ready', 'pods of api-gateway crash again and again']);
    expect(slow.report.problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^orchestrator is not ready because .*: mostik.dev\/simulate-ready-after keeps it from starting$/)]);
    expect(slow.report.services.find(({ service }) => service === 'Service/shop/api-gateway')).toMatchObject({ before: 2, least: 0, after: 0, wentEmpty: 1 });
    expect((await home.mostik(['rehearse', dir, '--kill-node', 'worker-9'])).stderr).toContain('there is no such node; the rehearsal has worker-1, worker-2');
  });

  it('waits for the pods that an autoscaler adds', async () => {
    const { code, report, stdout } = await rehearse('scaled', '--from', 'nothing');
    expect(code, stdout).toBe(1);
    expect(report.problems.filter(({ kind }) => kind === 'not-ready').map(({ message }) => message)).toEqual([expect.stringMatching(/^orchestrator is not ready because .*no node takes it: 0\/2 nodes are available: 2 Insufficient memory$/)]);
  });

  it('lists what does not run: webhooks, API services, operators, their resources, hooks', async () => {
    const { code, report, stdout } = await rehearse('operator', '--from', 'nothing');
    expect(code, stdout).toBe(0);
    const why = (what: string): string => report.notExercised.find((item) => item.what === what)?.why ?? '';
    expect(why('ValidatingWebhookConfiguration/guard')).toBe('stored and not called: what answers for guard.example.org does not run');
    expect(why('APIService/v1.things.example.org')).toBe('left out: the program behind it does not run');
    expect(why('CustomResourceDefinition/widgets.example.org')).toMatch(/conversion webhook does not run/);
    expect(why('Deployment/shop/operator')).toMatch(/an operator: it does not run/);
    expect(why('Widget/shop/one')).toBe('admitted, readiness unknown: no controller of example.org runs');
    expect(why('Certificate/shop/web')).toContain('Secret/shop/web-tls with blank values stands in');
    expect(report.waves.flatMap(({ components }) => components).find(({ name }) => name === 'operator')?.phase).toBe('healthy');
  });

  it('leaves nothing behind after Ctrl-C, nor after SIGKILL once another has run', async () => {
    const run = async (signal: NodeJS.Signals): Promise<number | null> => {
      const child = home.start(['rehearse', dir]);
      let output = '';
      child.stderr?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
      await expect.poll(() => output, { timeout: 60_000 }).toContain('starting etcd');
      await sleep(1500);
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      return (await ended)[0];
    };
    expect(await run('SIGINT')).toBe(130);
    expect(leftovers(home)).toEqual([]);
    await run('SIGKILL');
    expect(leftovers(home)).not.toEqual([]);
    expect((await rehearse('none')).code).toBe(0);
    expect(leftovers(home)).toEqual([]);
  });

  it('ends well for microservices, also upon a profile, and keeps the cluster when asked', async () => {
    const microservices = home.copy('microservices');
    const { code, stdout, stderr } = await home.mostik(['rehearse', microservices, '--from', 'minimal', '--keep', '--timeout', '240s']);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('from profile minimal');
    const name = /--cluster (rehearse-\w+)/.exec(stderr)?.[1] ?? '';
    expect((await home.mostik(['kubectl', '--cluster', name, '--', 'get', 'deployment/microservice1', '-o', 'name'])).stdout.trim()).toBe('deployment.apps/microservice1');
    expect((await home.mostik(['cluster', 'delete', name, '--yes'])).code).toBe(0);
    expect(existsSync(join(microservices, '.env'))).toBe(false);
    writeFileSync(join(home.folder, 'broken.json'), '{}');
    expect((await home.mostik(['apply', dir, '--yes', '--rehearsed', join(home.folder, 'broken.json')])).code).toBe(3);
  });
});
