import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

interface KubeItem { kind: string; metadata: { name: string; namespace: string }; data?: Record<string, string>; spec: Record<string, unknown>; status: Record<string, unknown> }
interface Audit { verb: string; user: { username: string }; requestURI: string; stage: string; objectRef?: { resource: string; name?: string } }

describe.skipIf(noEngine)('platforms/microservices, from nothing to destroyed', () => {
  let home: Home;
  let dir: string;
  beforeAll(async () => {
    home = makeHome();
    dir = home.copy('microservices');
    // The audit log shows what a second `up` writes.
    const made = await home.mostik(['cluster', 'create', 'microservices', '--audit']);
    expect(made.stderr + made.stdout).toContain('microservices');
    expect(made.code).toBe(0);
  });
  afterAll(async () => { await home.remove(); });

  const kubectl = async (...args: string[]): Promise<KubeItem[]> => {
    const { stdout, code, stderr } = await home.mostik(['kubectl', '--dir', dir, '--', 'get', ...args, '-o', 'json']);
    expect(code, stderr).toBe(0);
    return (JSON.parse(stdout) as { items: KubeItem[] }).items;
  };
  const secretsOf = async (): Promise<Record<string, Record<string, string>>> => {
    const items = await kubectl('secrets', '-n', 'default');
    return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, data ?? {}]));
  };

  it('comes up healthy: Deployments Available, StatefulSets ready, claims Bound', async () => {
    const { code, stdout, stderr } = await home.mostik(['up', dir]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).toContain('simulated');
    const deployments = await kubectl('deployments', '-n', 'default');
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(expect.arrayContaining(['microservice1', 'microservice2']));
    for (const { status } of deployments) expect(status['conditions']).toContainEqual(expect.objectContaining({ type: 'Available', status: 'True' }));
    const sets = await kubectl('statefulsets', '-n', 'default');
    expect(sets.map(({ metadata }) => metadata.name).sort()).toEqual(['postgres-service1', 'postgres-service2']);
    for (const { status } of sets) expect(status['readyReplicas']).toBe(1);
    const claims = await kubectl('pvc', '-n', 'default');
    expect(claims).toHaveLength(2);
    for (const { status } of claims) expect(status['phase']).toBe('Bound');
  }, 600_000);

  it('prints no generated password, and keeps it in .env with mode 0600', async () => {
    const env = readFileSync(join(dir, '.env'), 'utf8');
    const passwords = [...env.matchAll(/^[A-Z0-9_]+=["']?([^"'\n]+)/gm)].map((match) => match[1]!);
    expect(passwords.length).toBeGreaterThanOrEqual(2);
    expect(execFileSync('stat', ['-c', '%a', join(dir, '.env')], { encoding: 'utf8' }).trim()).toBe('600');
    const outputs = await Promise.all([home.mostik(['plan', dir, '-o', 'json']), home.mostik(['status', dir]), home.mostik(['history', dir]), home.mostik(['render', dir]), home.mostik(['plan', dir, '-p', 'minimal'])]);
    await home.mostik(['plan', dir, '-p', 'minimal', '--out', join(home.folder, 'plan.json')]);
    const cluster = join(home.folder, 'state/mostik/clusters/microservices');
    const logs = readdirSync(join(cluster, 'logs')).map((name) => readFileSync(join(cluster, 'logs', name), 'utf8'));
    expect(logs.length).toBeGreaterThan(5);
    const shown = [...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]), readFileSync(join(home.folder, 'plan.json'), 'utf8'), ...logs];
    for (const text of shown) for (const password of passwords) for (const form of [password, Buffer.from(password).toString('base64')]) expect(text.includes(form)).toBe(false);
  });

  it('changes nothing the second time: no write reaches the API server, no lock is taken', async () => {
    // What follows the last line break is a line that is still being written.
    const audit = (): Audit[] => readFileSync(join(home.folder, 'state/mostik/clusters/microservices/logs/audit.log'), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as Audit);
    // Simulated nodes renew their Leases by themselves, whatever Mostik does.
    const writesIn = (entries: Audit[]): Audit[] => entries.filter(({ verb, user, requestURI }) => !/^(system:|mostik-simulated-nodes$)/.test(user.username) && ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb) && !requestURI.includes('dryRun=All'));
    const before = audit().length;
    expect(writesIn(audit()).length, 'the first up wrote').toBeGreaterThan(20);
    const { code, stdout, stderr } = await home.mostik(['up', dir]);
    expect(code, stdout + stderr).toBe(0);
    const writes = writesIn(audit().slice(before));
    expect(writes.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
    expect(audit().length).toBeGreaterThan(before);
  });

  it('gives a clone without .env the same passwords and no changes', async () => {
    const clone = home.copy('microservices', 'clone-b');
    const before = await secretsOf();
    const { code, stdout, stderr } = await home.mostik(['up', clone]);
    expect(code, stdout + stderr).toBe(0);
    const plan = JSON.parse((await home.mostik(['plan', clone, '-o', 'json'])).stdout) as { counts: Record<string, number> };
    expect(Object.entries(plan.counts).filter(([action, count]) => action !== 'unchanged' && count > 0)).toEqual([]);
    expect(await secretsOf()).toEqual(before);
    rmSync(clone, { recursive: true });
  });

  it('refuses a claim that would shrink, by name, with nothing changed', async () => {
    const { code, stderr } = await home.mostik(['apply', dir, '-p', 'service1-only', '--yes']);
    expect(code).toBe(6);
    expect(stderr).toMatch(/PersistentVolumeClaim\/default\/\S+: asks for 1Gi, has 2Gi: a claim cannot shrink/);
    expect(await kubectl('deployments', '-n', 'default')).toHaveLength(2);
  });

  it('takes service 2 away, keeps its claim, and brings it back on the kept claim', async () => {
    const overlay = join(home.folder, 'keep-size.yaml');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(overlay, 'components:\n  microservice1: { values: { microservice1: { postgres: { persistence: { size: 2Gi } } } } }\n');
    const planned = JSON.parse((await home.mostik(['plan', dir, '-p', 'service1-only', '-f', overlay, '-o', 'json'])).stdout) as { changes: { action: string; ref: { kind: string; name: string }; component: string }[] };
    const deleted = planned.changes.filter(({ action }) => action === 'delete');
    expect(deleted.length).toBeGreaterThan(3);
    for (const { ref } of deleted) expect(ref.name).toMatch(/2/);
    const kept = planned.changes.filter(({ action }) => action === 'keep');
    expect(kept.map(({ ref }) => ref.kind)).toEqual(['PersistentVolumeClaim']);
    expect(planned.changes.filter(({ action }) => !['delete', 'keep', 'unchanged', 'run'].includes(action))).toEqual([]);
    const applied = await home.mostik(['apply', dir, '-p', 'service1-only', '-f', overlay, '--yes']);
    expect(applied.code, applied.stderr).toBe(0);
    expect((await kubectl('deployments', '-n', 'default')).map(({ metadata }) => metadata.name)).toEqual(['microservice1']);
    const claims = await kubectl('pvc', '-n', 'default');
    expect(claims).toHaveLength(2);
    const volume = claims.find(({ metadata }) => metadata.name === kept[0]!.ref.name)!.spec['volumeName'];
    const back = await home.mostik(['rollback', dir, '--yes']);
    expect(back.code, back.stderr).toBe(0);
    const again = (await kubectl('pvc', '-n', 'default')).find(({ metadata }) => metadata.name === kept[0]!.ref.name)!;
    expect(again.spec['volumeName']).toBe(volume);
    expect(await kubectl('deployments', '-n', 'default')).toHaveLength(2);
  });

  it('deletes a claim only by its name', async () => {
    const claim = (await kubectl('pvc', '-n', 'default')).map(({ metadata }) => metadata.name).find((name) => name.includes('2'))!;
    const overlay = join(home.folder, 'keep-size.yaml');
    const { code, stderr } = await home.mostik(['apply', dir, '-p', 'service1-only', '-f', overlay, '--yes', `--delete-claim=${claim}`]);
    expect(code, stderr).toBe(0);
    expect((await kubectl('pvc', '-n', 'default')).map(({ metadata }) => metadata.name)).not.toContain(claim);
  });

  it('is destroyed but for its claims', async () => {
    const { code, stderr } = await home.mostik(['destroy', dir, '--yes']);
    expect(code, stderr).toBe(0);
    expect(await kubectl('deployments,statefulsets,services', '-n', 'default', '-l', 'mostik.dev/platform=microservices')).toEqual([]);
    expect(await kubectl('pvc', '-n', 'default')).toHaveLength(1);
  });
});
