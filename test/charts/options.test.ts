import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MostikError } from '../../src/diagnostics/index.js';
import { mergeMaps } from '../../src/lib/merge-maps.js';
import { asDict, asList, isDict, type Dict } from '../../src/lib/read-unknown.js';
import { packageRoot } from '../../src/lib/version.js';
import { standIns, type KubeObject } from '../../src/model/index.js';
import { renderPlatform } from '../../src/render/index.js';
import { engineForTests, engineSkip, platformOf } from '../../src/render/platform.fixture.js';
import { cases, everyChart, fieldOf, least, refusals, type ChartName } from './cases.js';

const cluster = { provider: 'embedded' as const, name: 'demo', nodes: [], provides: ['keda.sh/v1alpha1/ScaledObject:Namespaced', 'keda.sh/v1alpha1/TriggerAuthentication:Namespaced', 'monitoring.coreos.com/v1/ServiceMonitor:Namespaced'], controllers: [], contexts: [] };
const chartPath = (chart: ChartName) => join(packageRoot, 'charts', chart);
const runs = cases.flatMap(({ charts, ...each }, index) => charts.map((chart) => ({ ...each, chart, id: `case-${index}-${chart.slice(-6)}` })));

let home: string;
let before: string | undefined;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'mostik-charts-'));
  before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = home;
});
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

/** Renders every value set as a component of one platform, each in a namespace of its own, in one run of the engine. */
async function render(sets: readonly { id: string; chart: ChartName; values: Dict }[]): Promise<Map<string, KubeObject[]>> {
  const components = Object.fromEntries(sets.map(({ id, chart, values }) => [id, { source: { kind: 'chart' as const, path: chartPath(chart) }, release: 'web', namespace: id, values: mergeMaps(least[chart], values) }]));
  const platform = platformOf(components, { dir: home, cluster });
  const { objects } = await renderPlatform(platform, { engine: engineForTests!, secrets: standIns(platform), cwd: home });
  return new Map(sets.map(({ id }) => [id, objects.filter(({ component, object }) => component === id && object.kind !== 'Namespace').map(({ object }) => object)]));
}

describe.skipIf(!engineForTests)(`options of the library charts${engineSkip}`, () => {
  let all: Map<string, KubeObject[]>;
  beforeAll(async () => { all = await render(runs); }, 120_000);

  it.each(runs.map((each) => [`${each.chart}: ${each.title}`, each] as const))('%s', (_, { id, expect: expected }) => {
    const objects = all.get(id)!;
    for (const [wanted, fields] of Object.entries(expected)) {
      const [kind, name] = wanted.split('/');
      const found = objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
      if (fields === null) {
        expect(found, wanted).toBeUndefined();
        continue;
      }
      expect(found, wanted).toBeDefined();
      for (const [path, value] of Object.entries(fields)) {
        if (value instanceof RegExp) expect(fieldOf(found!, path), `${wanted} ${path}`).toMatch(value);
        else expect(fieldOf(found!, path), `${wanted} ${path}`).toEqual(value);
      }
    }
  });

  it('give pods that Pod Security "restricted" takes, whatever is set', () => {
    const pods = [...all.values()].flat().filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
    expect(pods.length).toBeGreaterThan(runs.length);
    for (const object of pods) {
      expect(fieldOf(object, 'spec.template.spec.securityContext')).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(fieldOf(object, 'spec.template.spec.containers[0].securityContext')).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
      expect(fieldOf(object, 'spec.template.spec.hostNetwork')).toBeUndefined();
    }
  });

  it('restart pods when what they read at their start changes, and only then', async () => {
    const sets = everyChart.flatMap((chart) => ['a', 'a', 'b'].map((value, index) => ({ id: `${chart.slice(-6)}-${index}`, chart, values: chart === 'frontend-spa' ? { config: { x: value } } : { config: { X: value }, secretValues: { Y: value } } })));
    const rendered = await render(sets);
    for (const chart of everyChart) {
      const [first, same, other] = [0, 1, 2].map((index) => JSON.stringify(fieldOf(rendered.get(`${chart.slice(-6)}-${index}`)!.find(({ kind }) => kind === 'Deployment')!, 'spec.template.metadata')));
      expect(first).toBe(same);
      expect(first).not.toBe(other);
      expect(first).toMatch(/checksum/);
    }
  });

  const refused = refusals.flatMap(({ charts, ...each }) => charts.map((chart) => [`${chart}: ${JSON.stringify(each.values)}`, { ...each, chart }] as const));
  it.each(refused)('refuses %s', async (_, { chart, values, says }) => {
    const error: unknown = await render([{ id: 'one', chart, values }]).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MostikError);
    expect((error as MostikError).diagnostics.map(({ message }) => message).join('\n')).toMatch(says);
  });

  it.each(everyChart)('%s: every option that its schema has is set by a test', (chart) => {
    const schema = asDict(JSON.parse(readFileSync(join(chartPath(chart), 'values.schema.json'), 'utf8')));
    const set = new Set([...runs.filter((each) => each.chart === chart).map(({ values }) => values), least[chart]].flatMap((values) => pathsOf(values)));
    expect(optionsOf(schema, schema).filter((option) => !set.has(option))).toEqual([]);
  });
});

/** Paths of everything that values set; entries of lists and of maps with free keys count by what is in them. */
function pathsOf(values: unknown, above = ''): string[] {
  if (Array.isArray(values)) return values.flatMap((entry) => (isDict(entry) ? pathsOf(entry, `${above}[]`) : []));
  if (!isDict(values)) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const path = above === '' ? key : `${above}.${key}`;
    const free = /^(secrets)$/.test(above) ? `${above}.*` : path;
    return [free, ...pathsOf(value, free)];
  });
}

/** Paths of every property of a schema, followed through its references. */
function optionsOf(node: Dict, root: Dict, above = ''): string[] {
  const own = { ...node, ...Object.assign({}, ...asList(node['allOf']).map((each) => resolved(asDict(each), root))) as Dict, ...(node['$ref'] ? resolved(node, root) : {}) };
  const inside = Object.entries(asDict(own['properties'])).flatMap(([key, value]) => {
    const path = above === '' ? key : `${above}.${key}`;
    return [path, ...optionsOf(asDict(value), root, path)];
  });
  const items = isDict(own['items']) ? optionsOf(own['items'], root, `${above}[]`) : [];
  const free = isDict(own['additionalProperties']) ? optionsOf(own['additionalProperties'], root, `${above}.*`) : [];
  return [...inside, ...items, ...free];
}

function resolved(node: Dict, root: Dict): Dict {
  const ref = node['$ref'];
  if (typeof ref !== 'string') return node;
  const target = asDict(ref.slice(2).split('/').reduce<unknown>((value, step) => asDict(value)[step], root));
  return { ...target, ...Object.assign({}, ...asList(target['allOf']).map((each) => resolved(asDict(each), root))) as Dict };
}
