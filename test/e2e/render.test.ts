import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeHome, noEngine, root, type Home } from './mostik.js';

interface Item { apiVersion: string; kind: string; metadata: { name: string }; data?: Record<string, unknown>; spec?: Record<string, unknown> }

describe.skipIf(noEngine)('mostik render', () => {
  const home: Home = makeHome();
  afterAll(async () => { await home.remove(); });
  const dir = join(root, 'platforms/microservices');
  const items = async (...args: string[]): Promise<Item[]> => {
    const { code, stdout, stderr } = await home.mostik(['render', dir, '-o', 'json', ...args]);
    expect(code, stderr).toBe(0);
    return (JSON.parse(stdout) as { items: Item[] }).items;
  };
  const names = (list: Item[]): string[] => list.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

  it('leaves out a service that is off, claims without persistence, databases that are off', async () => {
    expect(names(await items('-p', 'service1-only')).filter((name) => /2/.test(name.split('/')[1]!))).toEqual([]);
    expect(names(await items('-p', 'service2-only')).filter((name) => /(service|postgres-service)1/.test(name))).toEqual([]);
    expect(names(await items('-p', 'test')).filter((name) => name.startsWith('PersistentVolumeClaim'))).toEqual([]);
    expect(names(await items('-p', 'minimal')).filter((name) => /postgres|StatefulSet|PersistentVolumeClaim/.test(name))).toEqual([]);
    expect(names(await items()).filter((name) => name.startsWith('PersistentVolumeClaim'))).toHaveLength(2);
  });

  it('gives the same bytes each time and everywhere', async () => {
    const [first, second] = await Promise.all([home.mostik(['render', dir]), home.mostik(['render', home.copy('microservices', 'elsewhere')])]);
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
  });

  it('agrees with kubectl and Helm on YAML traps', async () => {
    const traps = 'octal: 0644\nno: no\non: on\nfloat: 1e3\nlong: 12345678\nquoted: "0644"\n';
    const chartTemplate = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: traps }\ndata:\n{{- range $key, $value := .Values.traps }}\n  {{ $key | quote }}: {{ $value | toJson | quote }}\n{{- end }}\n';
    const manifest = `apiVersion: example.org/v1\nkind: Trap\nmetadata: { name: trap, namespace: default }\nspec:\n${traps.split('\n').filter(Boolean).map((line) => `  ${line}`).join('\n')}\n`;
    const folder = home.write('traps', {
      'platform.yaml': 'apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: traps }\nspec:\n  cluster: { provides: [example.org/v1/Trap] }\n  components:\n    chart: { chart: chart, files: [values.yaml] }\n    plain: { manifests: [trap.yaml] }\n',
      'values.yaml': `traps:\n${traps.split('\n').filter(Boolean).map((line) => `  ${line}`).join('\n')}\n`,
      'chart/Chart.yaml': 'apiVersion: v2\nname: traps\nversion: 0.1.0\n',
      'chart/templates/map.yaml': chartTemplate,
      'trap.yaml': manifest,
    });
    const { code, stdout, stderr } = await home.mostik(['render', folder, '-o', 'json']);
    expect(code, stderr).toBe(0);
    const rendered = (JSON.parse(stdout) as { items: Item[] }).items;
    const engine = process.env['MOSTIK_ENGINE_DIR'] ?? '';
    const helm = parse(execFileSync(join(engine, 'mostik-render'), ['helm', 'template', 'chart', join(folder, 'chart'), '-f', join(folder, 'values.yaml')], { encoding: 'utf8' })) as Item;
    expect(rendered.find(({ kind }) => kind === 'ConfigMap')?.data).toEqual(helm.data);
    const kubectl = JSON.parse(execFileSync(join(engine, 'mostik-cluster'), ['kubectl', 'patch', '--local', '-f', join(folder, 'trap.yaml'), '--type=merge', '-p', '{}', '-o', 'json'], { encoding: 'utf8' })) as Item;
    expect(rendered.find(({ kind }) => kind === 'Trap')?.spec).toEqual(kubectl.spec);
    const yaml = await home.mostik(['render', folder]);
    const again = home.write('traps-again', { 'all.yaml': yaml.stdout });
    // kubectl prints the objects of a List one after the other.
    const printed = execFileSync(join(engine, 'mostik-cluster'), ['kubectl', 'patch', '--local', '-f', join(again, 'all.yaml'), '--type=merge', '-p', '{}', '-o', 'json'], { encoding: 'utf8' });
    const back = printed.split(/\n(?=\{\n)/).map((text) => JSON.parse(text) as Item);
    expect(back.find(({ kind }) => kind === 'Trap')?.spec).toEqual(kubectl.spec);
  });

  it('is accepted by helm lint and helm template with the values of each profile', () => {
    const engine = join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-render');
    for (const profile of ['dev', 'service1-only', 'service2-only', 'test', 'minimal']) {
      const values = join(dir, 'environments', `${profile}-values.yaml`);
      for (const command of [['lint', join(dir, 'helm-chart')], ['template', 'x', join(dir, 'helm-chart')]]) execFileSync(engine, ['helm', ...command, '-f', values], { stdio: 'pipe' });
    }
    expect(execFileSync(engine, ['helm', 'lint', join(dir, 'helm-chart')], { encoding: 'utf8' })).toContain('0 chart(s) failed');
  });
});
