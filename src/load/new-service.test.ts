import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { MostikError } from '../diagnostics/index.js';
import { builtInCharts } from './built-in-charts.js';
import { newService } from './new-service.js';
import { serviceValues } from './service-values.js';

let dir: string;
beforeEach(() => { dir = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-service-'))); });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

const kind = 'python-fastapi-service';
const make = (name: string, more = {}) => newService({ kind, name, dir, add: true, ...more });
const platform = (components: string, after = '') => { writeFileSync(join(dir, 'platform.yaml'), `apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: shop }\nspec:\n${components}${after}`); };
const written = () => readFileSync(join(dir, 'platform.yaml'), 'utf8');
function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof MostikError) return error.diagnostics.map((each) => `${each.code}: ${each.hint ?? ''}`).join();
    throw error;
  }
  return 'nothing';
}

describe('a new service', () => {
  test('is a values file that its chart takes, for every library chart that comes with Mostik', () => {
    expect(Object.keys(serviceValues).sort()).toEqual([...builtInCharts().keys()].sort());
    for (const each of Object.keys(serviceValues)) {
      const { file, lines, platform: added } = newService({ kind: each, name: `my-${each}`, dir, add: false });
      expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ image: { repository: `my-${each}` }, resources: { requests: {}, limits: {} } });
      expect(parse(lines)).toEqual({ [`my-${each}`]: { chart: each, files: [`values/my-${each}.yaml`] } });
      expect(added).toBeUndefined();
    }
  });

  test('becomes a component after the last one, and every other letter stays', () => {
    const before = '  components:\n    # The first.\n    web:   { workload: { image: "nginx:1.27" } }   # odd   spaces\n';
    platform(before, '\n  # Variants.\n  profiles: { prod: {} }\n');
    make('orders');
    expect(written()).toContain(`${before}    orders:\n      chart: python-fastapi-service\n      files: [values/orders.yaml]\n\n  # Variants.\n  profiles: { prod: {} }\n`);
  });

  test('keeps the empty lines between components, and other depths', () => {
    platform('    components:\n        a:\n            workload: { image: "a:1" }\n\n        b:\n            workload: { image: "b:1" }');
    make('orders');
    expect(written()).toMatch(/ {8}b:\n {12}workload: \{ image: "b:1" \}\n\n {8}orders:\n {10}chart: python-fastapi-service\n/);
  });

  test('is only printed where the components cannot be added to', () => {
    for (const components of ['  components: { a: { workload: { image: "a:1" } } }\n', '  components: {}\n']) {
      rmSync(join(dir, 'values'), { recursive: true, force: true });
      platform(components);
      expect(make('orders').platform).toBeUndefined();
      expect(written()).toContain(components);
    }
    rmSync(join(dir, 'platform.yaml'));
    writeFileSync(join(dir, 'platform.ts'), 'export default {}');
    expect(make('other').platform).toBeUndefined();
  });

  test('writes over nothing', () => {
    platform('  components:\n    orders: { workload: { image: "a:1" } }\n');
    expect(code(() => make('orders'))).toMatch(/^service-declared/);
    expect(existsSync(join(dir, 'values'))).toBe(false);
    mkdirSync(join(dir, 'values'));
    writeFileSync(join(dir, 'values', 'other.yaml'), 'mine');
    expect(code(() => make('other'))).toMatch(/^service-exists/);
    expect(readFileSync(join(dir, 'values', 'other.yaml'), 'utf8')).toBe('mine');
    expect(written()).not.toContain('other');
  });

  test('of a kind that there is not, or a name that is none, is refused with what is meant', () => {
    expect(code(() => make('orders', { kind: 'python-fastapi-servise' }))).toBe('chart-kind-unknown: did you mean python-fastapi-service?');
    expect(code(() => make('orders', { kind: 'mostik-service' }))).toMatch(/^chart-kind-unknown: there are frontend-spa, python-celery-worker and python-fastapi-service/);
    expect(code(() => make('Orders'))).toMatch(/^init-name/);
    expect(code(() => make('orders'))).toMatch(/^platform-not-found/);
  });
});
