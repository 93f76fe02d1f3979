import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeHome, noEngine, root, type Home } from './mostik.js';

interface Rendered {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
}

const variants = [[], ['simulated'], ['k3d'], ['iris-v2'], ['iris-canary'], ['modelmesh'], ['modelmesh', 'simulated']] as const;
const flags = (profiles: readonly string[]) => profiles.flatMap((profile) => ['-p', profile]);

describe.skipIf(noEngine)('platforms/ml-platform', () => {
  let home: Home;
  let dir: string;
  beforeAll(() => {
    home = makeHome();
    dir = home.copy('ml-platform');
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
  const places = (objects: readonly Rendered[], kind: string) => objects.filter((object) => object.kind === kind).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`).sort();

  it.each(variants.map((profiles) => [profiles.join(' + ') || 'default', profiles] as const))('profile %s: check finds nothing at all', async (_, profiles) => {
    const { code, stdout, stderr } = await home.mostik(['check', dir, ...flags(profiles), '-o', 'json']);
    expect(JSON.parse(stdout), stderr).toMatchObject({ exitCode: 0, diagnostics: [] });
    expect(code).toBe(0);
  });

  it('renders every part of the seed: base services, Java services, Traefik, the way to the models', async () => {
    const objects = await render();
    expect(places(objects, 'StatefulSet')).toEqual(['model-registry/keycloak', 'model-registry/minio', 'model-registry/postgres']);
    expect(places(objects, 'Deployment')).toEqual(['model-registry/model-registry', 'services/dataset-service', 'services/model-catalog', 'services/prediction-gateway', 'traefik/traefik']);
    expect(places(objects, 'Ingress')).toEqual(['model-registry/keycloak', 'model-registry/model-registry', 'services/dataset-service', 'services/model-catalog', 'services/prediction-gateway']);
    expect(find(objects, 'IngressClass', 'traefik').spec).toMatchObject({ controller: 'traefik.io/ingress-controller' });
    expect(objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'traefik')?.spec).toMatchObject({ type: 'LoadBalancer' });
    expect(objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'model-registry')?.spec).toMatchObject({ ports: [{ port: 8008 }] });
    expect(find(objects, 'Ingress', 'model-registry').spec).toMatchObject({ ingressClassName: 'traefik', rules: [{ http: { paths: [{ path: '/v2', backend: { service: { name: 'model-registry', port: { number: 8008 } } } }] } }] });
    const realm = find(objects, 'ConfigMap', 'keycloak-realm').data ?? {};
    expect(JSON.parse(realm['realm.json'] ?? '')).toMatchObject({ realm: 'model-registry-realm', enabled: true });
    expect(JSON.parse(realm['client.model-registry-app.json'] ?? '')).toMatchObject({ clientId: 'model-registry-app', publicClient: true });
    expect(realm['roles.alice']).toBe('model-reader model-writer');
    for (const name of ['model-registry', 'services', 'traefik']) expect(find(objects, 'Namespace', name).metadata.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });

  it('opens what is declared and nothing else', async () => {
    const ask = async (from: string, to: string) => {
      const { stdout, stderr } = await home.mostik(['check', 'network', dir, '--from', from, '--to', to]);
      return /● open$/m.test(stdout + stderr) ? 'open' : 'closed';
    };
    for (const [from, to] of [['model-catalog', 'postgres'], ['model-catalog', 'keycloak'], ['dataset-service', 'minio'], ['prediction-gateway', 'model-registry'], ['keycloak', 'postgres']] as const) expect(await ask(from, to), `${from} to ${to}`).toBe('open');
    for (const [from, to] of [['model-catalog', 'minio'], ['prediction-gateway', 'postgres'], ['dataset-service', 'postgres'], ['model-registry', 'postgres']] as const) expect(await ask(from, to), `${from} to ${to}`).toBe('closed');
  });

  it('with ModelMesh, a model is an InferenceService behind the same Service and the same path', async () => {
    const objects = await render('modelmesh');
    expect(places(objects, 'InferenceService')).toEqual(['model-registry/iris']);
    expect(places(objects, 'ServingRuntime')).toEqual(['model-registry/mlserver']);
    expect(places(objects, 'CustomResourceDefinition')).toEqual(['/inferenceservices.serving.kserve.io', '/predictors.serving.kserve.io', '/servingruntimes.serving.kserve.io']);
    expect(places(objects, 'Job')).toContain('model-registry/model-iris-upload');
    expect(find(objects, 'Ingress', 'model-registry').spec).toEqual(find(await render(), 'Ingress', 'model-registry').spec);
    expect(objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'model-registry')?.spec).toMatchObject({ selector: { 'modelmesh-service': 'modelmesh-serving' }, ports: [{ port: 8008, targetPort: 8008 }] });
  });

  it('asks k3d for 2 servers, 2 agents and the registry whose images the Java services run', async () => {
    const { code, stdout, stderr } = await home.mostik(['up', dir, '-p', 'k3d', '--dry-run']);
    expect(code, stderr).toBe(0);
    expect(parse(stdout.slice(0, stdout.indexOf('\n# nothing was run')))).toMatchObject({ kind: 'Simple', metadata: { name: 'ml-cluster' }, servers: 2, agents: 2, registries: { create: { name: 'k3d-ml-registry', hostPort: '5050' } }, options: { k3s: { extraArgs: [{ arg: '--disable=traefik' }] } } });
    const objects = await render('k3d');
    for (const name of ['model-catalog', 'prediction-gateway', 'dataset-service']) expect(JSON.stringify(find(objects, 'Deployment', name).spec)).toContain(`"image":"k3d-ml-registry:5050/ml-platform/${name}:1.0.0"`);
  });

  it.each([[['simulated']], [['modelmesh', 'simulated']]])('profiles %j: a rehearsal from nothing ends well', async (profiles) => {
    const { code, stdout, stderr } = await home.mostik(['rehearse', dir, '--timeout', '240s', ...flags(profiles)]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('The change would go well');
  }, 600_000);

  it('comes up healthy on simulated nodes, keeps passwords to itself, and a second time changes nothing', async () => {
    const first = await home.mostik(['up', dir, '-p', 'simulated']);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
    const plan = await home.mostik(['plan', dir, '-p', 'simulated', '--exit-code']);
    expect(plan.code, plan.stdout + plan.stderr).toBe(0);
    const again = await home.mostik(['up', dir, '-p', 'simulated']);
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(again.stdout + again.stderr).not.toMatch(/\d+ (created|updated|deleted)/);
  }, 600_000);

  it('rolls a new version of a model out and back, and lists what is there', async () => {
    const models = async (): Promise<unknown> => {
      const { code, stdout, stderr } = await home.mostik(['models', dir, '-p', 'simulated', '-o', 'json']);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout);
    };
    const iris = (version: string) => ({ version: 1, platform: 'ml-platform', models: [{ component: 'iris', name: 'iris', version, runtime: 'sklearn', traffic: 100, server: 'model-registry', ready: 'unknown', url: 'http://ml.localhost/v2/models/iris/infer' }] });
    expect(await models()).toMatchObject(iris('1'));
    const newer = await home.mostik(['up', dir, '-p', 'iris-v2', '-p', 'simulated']);
    expect(newer.code, newer.stdout + newer.stderr).toBe(0);
    expect(await models()).toMatchObject(iris('2'));
    const table = await home.mostik(['models', dir, '-p', 'simulated']);
    expect(table.stdout).toMatch(/^iris +2 +100% +sklearn +model-registry +unknown +simulated: containers do not run$/m);
    const back = await home.mostik(['rollback', dir, '-p', 'simulated', '--yes']);
    expect(back.code, back.stdout + back.stderr).toBe(0);
    expect(await models()).toMatchObject(iris('1'));
  }, 600_000);

  it('divides the requests for a model between two versions, changes the shares, and goes back to them', async () => {
    const shares = async (): Promise<unknown> => {
      const { models } = JSON.parse((await home.mostik(['models', dir, '-p', 'simulated', '-o', 'json'])).stdout) as { models: { component: string; version: string; traffic: number }[] };
      return models.map(({ component, version, traffic }) => `${component} ${version}: ${traffic}`);
    };
    const up = async (...args: string[]): Promise<void> => {
      const { code, stdout, stderr } = await home.mostik(['up', dir, '-p', 'simulated', ...args]);
      expect(code, stdout + stderr).toBe(0);
    };
    await up('-p', 'iris-canary');
    expect(await shares()).toEqual(['iris 1: 70', 'iris-next 2: 30']);
    const half = join(dir, 'half.yaml');
    writeFileSync(half, 'components: { iris-next: { model: { traffic: 50 } } }\n');
    await up('-p', 'iris-canary', '-f', half);
    expect(await shares()).toEqual(['iris 1: 50', 'iris-next 2: 50']);
    const back = await home.mostik(['rollback', dir, '-p', 'simulated', '--yes']);
    expect(back.code, back.stdout + back.stderr).toBe(0);
    expect(await shares()).toEqual(['iris 1: 70', 'iris-next 2: 30']);
    await up('-p', 'iris-v2');
    expect(await shares()).toEqual(['iris 2: 100']);
  }, 600_000);

  it('says before anything runs that ModelMesh does not divide requests', async () => {
    const { code, stdout } = await home.mostik(['check', dir, '-p', 'modelmesh', '-p', 'iris-canary']);
    expect(code).toBe(3);
    expect(stdout).toContain('error[model-traffic-mesh]: spec.components.iris-next.model.traffic: model-registry is ModelMesh');
  });
});

const maven = spawnSync('mvn', ['-version']).status === 0 && spawnSync('javac', ['-version']).status === 0 ? undefined : 'there is no Maven with a JDK';

describe('the Java services of the ML platform', () => {
  it.skipIf(maven)(`pass their own tests${maven === undefined ? '' : ` (skipped: ${maven})`}`, async () => {
    const services = mkdtempSync(join(tmpdir(), 'mostik-services-'));
    try {
      cpSync(join(root, 'platforms', 'ml-platform', 'services'), services, { recursive: true, filter: (path) => !/\/target$/.test(path) });
      const output = await new Promise<string>((done) => {
        execFile('mvn', ['-B', '-q', '-Dmdep.skip=true', 'package'], { cwd: services, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => { done(error ? `failed: ${stdout}${stderr}` : ''); });
      });
      expect(output).toBe('');
      const reports = readdirSync(services).flatMap((module) => reportsOf(join(services, module)));
      const counted = (name: string) => reports.reduce((sum, report) => sum + Number(new RegExp(` ${name}="(\\d+)"`).exec(report)?.[1] ?? 0), 0);
      expect(counted('failures') + counted('errors')).toBe(0);
      expect(counted('tests')).toBeGreaterThan(20);
    } finally {
      rmSync(services, { recursive: true, force: true });
    }
  }, 900_000);
});

function reportsOf(module: string): string[] {
  try {
    const folder = join(module, 'target', 'surefire-reports');
    return readdirSync(folder).filter((name) => name.endsWith('.xml')).map((name) => readFileSync(join(folder, name), 'utf8'));
  } catch {
    return [];
  }
}

const python = spawnSync('python3', ['-c', 'import joblib, numpy, sklearn; assert (sklearn.__version__, numpy.__version__, joblib.__version__) == ("1.9.1", "2.4.6", "1.6.0")']).status === 0 ? undefined : 'there is no Python with the packages of models/requirements.txt';

describe('the models of the ML platform', () => {
  it.skipIf(python)(`are what train.py writes${python === undefined ? '' : ` (skipped: ${python})`}`, () => {
    const { status, stderr } = spawnSync('python3', ['platforms/ml-platform/models/train.py', '--check'], { cwd: root, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  });
});
