import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { Platform, Profile } from './schema.js';

const samples = new URL('../../test/samples/load/', import.meta.url);
const published: object = JSON.parse(readFileSync(new URL('../../schema/platform.schema.json', import.meta.url), 'utf8')) as object;
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(published);

describe('the published JSON Schema', () => {
  const good = readdirSync(samples).filter((name) => name.startsWith('good-') && readdirSync(new URL(`${name}/`, samples)).includes('platform.yaml'));
  test.each(good)('takes %s', (name) => {
    const data: unknown = parse(readFileSync(new URL(`${name}/platform.yaml`, samples), 'utf8'));
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
  });
  test.each(['unknown-key', 'wrong-type', 'missing-keys', 'bad-names', 'unknown-provider'])('refuses %s', (name) => {
    expect(validate(parse(readFileSync(new URL(`${name}/platform.yaml`, samples), 'utf8')))).toBe(false);
  });
  test('has a text for every field of a component', () => {
    const { $defs } = published as { $defs: { Component: { properties: Record<string, { description?: string }> } } };
    expect(Object.entries($defs.Component.properties).filter(([, field]) => !field.description).map(([name]) => name)).toEqual([]);
  });
});

describe('a profile', () => {
  test('may hold a part of anything, and brings no defaults of its own', () => {
    const part = { components: { web: { workload: { port: 8080 }, expose: { host: 'a.example' } } }, secrets: { db: { generate: { length: 32 } } } };
    expect(Profile.parse(part)).toEqual(part);
  });
  test('may take keys away with null, and still knows their names', () => {
    expect(Profile.safeParse({ components: { web: { expose: null, workload: { env: { A: null } } }, old: null } }).success).toBe(true);
    expect(Profile.safeParse({ components: { web: { workload: { prot: 1 } } } }).success).toBe(false);
  });
});

test('a platform gets its defaults', () => {
  const { spec } = Platform.parse({ apiVersion: 'mostik.dev/v1', kind: 'Platform', metadata: { name: 'a' }, spec: { components: {} } });
  expect(spec).toEqual({ kubernetes: '1.36', namespace: 'default', cluster: {}, secrets: {}, components: {}, profiles: {}, budget: {}, policies: { enforce: [], warn: [], exceptions: [] }, network: { policies: 'none' }, checks: { severity: {} }, timeout: '5m', state: { namespace: 'mostik-system', keep: 20 } });
});
