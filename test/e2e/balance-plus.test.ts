import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeHome, noEngine, type Home } from './mostik.js';

interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  stringData?: Record<string, string>;
}

const variants = [[], ['prod'], ['external-rabbitmq'], ['prod', 'external-rabbitmq'], ['prod', 'existing-cluster']] as const;
const flags = (profiles: readonly string[]) => profiles.flatMap((profile) => ['-p', profile]);

describe.skipIf(noEngine)('platforms/balance-plus', () => {
  let home: Home;
  let dir: string;
  beforeAll(() => {
    home = makeHome();
    dir = home.copy('balance-plus');
  });
  afterAll(async () => { await home.remove(); });

  const render = async (...profiles: string[]): Promise<Rendered[]> => {
    const { code, stdout, stderr } = await home.mostik(['render', dir, ...flags(profiles)]);
    expect(code, stderr).toBe(0);
    return (parse(stdout) as { items: Rendered[] }).items;
  };
  const find = (objects: readonly Rendered[], kind: string, name: string): Rendered => {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
    expect(found, `${kind}/${name}`).toBeDefined();
    return found!;
  };
  const names = (objects: readonly Rendered[], kind: string) => objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name).sort();

  it.each(variants.map((profiles) => [profiles.join(' + ') || 'dev', profiles] as const))('profile %s: check finds nothing at all', async (_, profiles) => {
    const { code, stdout, stderr } = await home.mostik(['check', dir, ...flags(profiles), '-o', 'json']);
    expect(JSON.parse(stdout), stderr).toMatchObject({ exitCode: 0, diagnostics: [] });
    expect(code).toBe(0);
  });

  it('renders every part of the diagram in production', async () => {
    const objects = await render('prod');
    expect(names(objects, 'Deployment')).toEqual(['api-gateway', 'condenser-worker', 'frontend', 'orchestrator']);
    expect(names(objects, 'StatefulSet')).toEqual(['postgres', 'rabbitmq']);
    expect(names(objects, 'Ingress')).toEqual(['api-gateway', 'frontend']);
    expect(names(objects, 'ClusterIssuer')).toEqual(['balance-plus']);
    expect(names(objects, 'HorizontalPodAutoscaler')).toEqual(['api-gateway', 'frontend', 'orchestrator']);
    for (const name of names(objects, 'HorizontalPodAutoscaler')) expect(find(objects, 'HorizontalPodAutoscaler', name).spec).toMatchObject({ minReplicas: 2 });
    expect(find(objects, 'ScaledObject', 'condenser-worker').spec).toMatchObject({ scaleTargetRef: { name: 'condenser-worker' }, triggers: [{ type: 'rabbitmq', metadata: { queueName: 'condense', mode: 'QueueLength' } }] });
    expect(names(objects, 'Service').every((name) => ['ClusterIP', undefined].includes(find(objects, 'Service', name).spec?.['type'] as string | undefined))).toBe(true);
    for (const name of ['api-gateway', 'frontend']) {
      const { spec, metadata } = find(objects, 'Ingress', name) as Rendered & { metadata: { annotations: Record<string, string> } };
      expect(spec).toMatchObject({ ingressClassName: 'nginx', tls: [{ hosts: ['balance.example.org'], secretName: 'balance-plus-tls' }] });
      expect(metadata.annotations['nginx.ingress.kubernetes.io/force-ssl-redirect']).toBe('true');
    }
    expect(objects.filter(({ metadata }) => metadata.namespace === 'balance-plus').length).toBeGreaterThan(40);
  });

  it('lets the gateway reach the orchestrator and keeps it from the database', async () => {
    const ask = (from: string, to: string) => home.mostik(['check', 'network', dir, '-p', 'prod', '--from', from, '--to', to]);
    expect((await ask('api-gateway', 'orchestrator')).stdout).toMatch(/open/i);
    for (const [from, to] of [['api-gateway', 'postgres'], ['api-gateway', 'rabbitmq'], ['frontend', 'postgres'], ['condenser-worker', 'postgres']] as const) {
      const { stdout, stderr } = await ask(from, to);
      expect(stdout + stderr, `${from} to ${to}`).toMatch(/closed/i);
    }
  });

  it('with a broker outside, worker, KEDA and egress follow one profile', async () => {
    const inside = await render('prod');
    const outside = await render('prod', 'external-rabbitmq');
    const uri = (objects: Rendered[]) => find(objects, 'Secret', 'rabbitmq').stringData?.['uri'] ?? '';
    expect(uri(inside)).toMatch(/^amqp:\/\/balance:[^@]+@rabbitmq\.balance-plus\.svc:5672\/$/);
    expect(uri(outside)).toMatch(/^amqps:\/\/balance:[^@]+@rabbitmq\.example\.org:5671\/$/);
    expect(names(outside, 'StatefulSet')).toEqual(['postgres']);
    expect(names(outside, 'Service')).not.toContain('rabbitmq');
    // Services and KEDA read the address from that Secret, before as after.
    for (const objects of [inside, outside]) {
      expect(find(objects, 'TriggerAuthentication', 'condenser-worker').spec).toEqual({ secretTargetRef: [{ parameter: 'host', name: 'rabbitmq', key: 'uri' }] });
      for (const name of ['condenser-worker', 'orchestrator']) expect(JSON.stringify(find(objects, 'Deployment', name))).toContain('{"name":"BROKER_URL","valueFrom":{"secretKeyRef":{"key":"uri","name":"rabbitmq"}}}');
    }
    const egress = (objects: Rendered[], name: string) => JSON.stringify(find(objects, 'NetworkPolicy', name).spec?.['egress']);
    for (const name of ['allow-condenser-worker', 'allow-orchestrator']) {
      expect(egress(inside, name)).not.toContain('192.0.2.0/28');
      expect(egress(outside, name)).toContain('{"to":[{"ipBlock":{"cidr":"192.0.2.0/28"}}],"ports":[{"protocol":"TCP","port":5671}]}');
      expect(egress(outside, name)).not.toContain('"app.kubernetes.io/name":"rabbitmq"');
    }
    for (const name of ['allow-api-gateway', 'allow-frontend', 'allow-postgres']) expect(egress(outside, name)).toBe(egress(inside, name));
  });

  it('on a cluster where the operators run, it leaves their kinds alone', async () => {
    const objects = await render('prod', 'existing-cluster');
    expect(names(objects, 'CustomResourceDefinition')).toEqual([]);
    expect(names(objects, 'IngressClass')).toEqual([]);
    expect(names(objects, 'ScaledObject')).toEqual(['condenser-worker']);
  });

  it.each([[[]], [['prod']]])('profiles %j: comes up healthy, and a second time changes nothing', async (profiles) => {
    const first = await home.mostik(['up', dir, ...flags(profiles)]);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(first.stdout + first.stderr).toMatch(/\d+ created/);
    const plan = await home.mostik(['plan', dir, ...flags(profiles), '--exit-code']);
    expect(plan.code, plan.stdout + plan.stderr).toBe(0);
    const again = await home.mostik(['up', dir, ...flags(profiles)]);
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(again.stdout + again.stderr).not.toMatch(/\d+ (created|updated|deleted)/);
    if (profiles.length === 0) return;
    // The autoscaler's number is its own: two pods, as production asks.
    const { stdout } = await home.mostik(['kubectl', '--cluster', 'balance-plus-prod', '--', 'get', 'deployments', '-n', 'balance-plus', '-o', 'json']);
    const replicas = Object.fromEntries((JSON.parse(stdout) as { items: { metadata: { name: string }; spec: { replicas: number } }[] }).items.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
    expect(replicas).toMatchObject({ 'api-gateway': 2, orchestrator: 2, frontend: 2 });
  }, 600_000);
});
