import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { at, chartFolder, find, helm, helmMissing, isHook, names, set, template, templateAs, type Rendered } from './helm.js';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(file(path), 'utf8');
const valuesFile = (profile: string): string => file(`environments/${profile}-values.yaml`);
const platform: unknown = parse(read('platform.yaml'));
const profiles = readdirSync(file('environments')).map((name) => name.replace(/-values\.yaml$/, ''));

/** What each profile is to make, hooks apart. */
const expected: Record<string, { services: string[]; database: boolean; claim?: string }> = {
  dev: { services: ['1', '2'], database: true, claim: '2Gi' },
  'service1-only': { services: ['1'], database: true, claim: '1Gi' },
  'service2-only': { services: ['2'], database: true, claim: '1Gi' },
  test: { services: ['1', '2'], database: true },
  minimal: { services: ['1', '2'], database: false },
};

function expectedNames(profile: string): string[] {
  const { services = [], database, claim } = expected[profile] ?? {};
  return services
    .flatMap((n) => [
      `ConfigMap/microservice${n}-config`, `Deployment/microservice${n}`, `Service/microservice${n}`,
      ...(database ? [`Secret/microservice${n}-secret`, `Service/postgres-service${n}`, `StatefulSet/postgres-service${n}`] : []),
      ...(claim ? [`PersistentVolumeClaim/postgres-service${n}-data`] : []),
    ])
    .sort();
}

const withoutHooks = (objects: readonly Rendered[]): Rendered[] => objects.filter((object) => !isHook(object));

test('the profiles of the platform are the files in environments, and else only leave out tests', () => {
  expect(profiles.sort()).toEqual(Object.keys(expected).sort());
  expect(Object.keys(Object(at(platform, 'spec.profiles'))).sort()).toEqual(profiles.sort());
  for (const profile of profiles) {
    for (const [component, settings] of Object.entries(Object(at(platform, `spec.profiles.${profile}.components`)))) {
      const on = expected[profile]?.services.includes(component.replace('microservice', ''));
      // A profile may leave out tests of what its values switch off.
      const { tests = {}, ...others } = Object(settings) as { tests?: Record<string, unknown> };
      expect(others, `${profile}: ${component}`).toEqual(on ? { files: [`environments/${profile}-values.yaml`] } : { enabled: false });
      expect(Object.values(tests).every((test) => test === null), `${profile}: ${component}`).toBe(true);
    }
  }
});

test.each(Object.keys(expected))('the guide lists exactly the objects of %s', (profile) => {
  const [, section = ''] = read('docs/README.md').split(`\n### ${profile}\n`);
  const [table = ''] = section.split(/\n#{2,3} /);
  const listed = [...table.matchAll(/^\| (\w+) \| (.*) \|$/gm)].flatMap(([, kind, cells = '']) => [...cells.matchAll(/`([\w-]+)`/g)].map(([, name]) => `${kind}/${name}`));
  expect(listed.sort()).toEqual(expectedNames(profile));
});

describe.skipIf(helmMissing).each(Object.keys(expected))(`profile %s (${helmMissing ?? 'real Helm'})`, { timeout: 60_000 }, (profile) => {
  test('helm lint finds nothing, warnings counted', () => {
    const { status, stdout } = helm('lint', '--strict', chartFolder, '-f', valuesFile(profile));
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(status).toBe(0);
  });

  test('it makes exactly its objects', () => {
    expect(names(withoutHooks(template('-f', valuesFile(profile))))).toEqual(expectedNames(profile));
  });

  test('its claims have the size it says', () => {
    const claims = template('-f', valuesFile(profile)).filter(({ kind }) => kind === 'PersistentVolumeClaim');
    expect(new Set(claims.map((claim) => at(claim, 'spec.resources.requests.storage')))).toEqual(new Set(expected[profile]?.claim ? [expected[profile].claim] : []));
  });

  test('rendered as the components of the platform, it is the same, and nothing is there twice', () => {
    const rendered = (expected[profile]?.services ?? []).flatMap((n) => {
      const values = at(platform, `spec.components.microservice${n}.values`);
      return templateAs(`microservice${n}`, '-f', valuesFile(profile), ...set({ ...Object(values) }));
    });
    expect(names(withoutHooks(rendered))).toEqual(expectedNames(profile));
    expect(new Set(names(rendered)).size).toBe(rendered.length);
  });
});

test.skipIf(helmMissing)(`a password that is given to a component reaches its Secret (${helmMissing ?? 'real Helm'})`, () => {
  for (const n of ['1', '2']) {
    const [path = ''] = Object.keys(Object(at(platform, `spec.components.microservice${n}.secretValues`)));
    const secret = find(template('-f', valuesFile('dev'), ...set({ [path]: 'from-the-platform' })), `Secret/microservice${n}-secret`);
    expect(Buffer.from(String(at(secret, 'data.password')), 'base64').toString()).toBe('from-the-platform');
  }
});
