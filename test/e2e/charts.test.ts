import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { makeHome, noEngine, root, type Home } from './mostik.js';

interface Object { kind: string; metadata: { name: string; labels?: Record<string, string> } }

const libraries = ['python-fastapi-service', 'python-celery-worker', 'frontend-spa'];

/** The blocks of YAML in a chart's README: the platform file, then Chart.yaml, the template and values.yaml of a plain chart. */
function examples(library: string): { platform: string; chart: string; template: string; values: string } {
  const text = readFileSync(join(root, 'charts', library, 'README.md'), 'utf8');
  const [platform = '', chart = '', template = '', values = ''] = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map((match) => match[1]!);
  return { platform, chart, template, values };
}

describe.skipIf(noEngine)('the library charts', () => {
  let home: Home;
  beforeAll(() => { home = makeHome(); });
  afterAll(async () => { await home.remove(); });

  it.each(libraries)('%s: a plain chart as its README writes it is built, linted and rendered by Helm', async (library) => {
    const { chart, template, values } = examples(library);
    const repository = `file://${join(root, 'charts', library)}`;
    const dir = home.write(`plain-${library}`, { 'Chart.yaml': chart.replace(`file://../${library}`, repository), 'templates/all.yaml': template, 'values.yaml': values });
    const helm = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await home.mostik(['helm', '--', ...args]);
      expect(code, stdout + stderr).toBe(0);
      return stdout;
    };
    await helm('dependency', 'build', dir);
    expect(await helm('lint', dir)).toMatch(/1 chart\(s\) linted, 0 chart\(s\) failed/);
    const plain = parseAllDocuments(await helm('template', (parse(chart) as { name: string }).name, dir)).map((document) => document.toJS() as Object | null).filter((object) => object !== null);
    expect(plain.length).toBeGreaterThanOrEqual(3);

    // The same values in a platform file give the same objects.
    const { platform } = examples(library);
    const folder = home.write(`platform-${library}`, { 'platform.yaml': `apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: readme }\n${platform}` });
    const { code, stdout, stderr } = await home.mostik(['render', folder]);
    expect(code, stderr).toBe(0);
    const own = (parse(stdout) as { items: Object[] }).items;
    const known = ({ metadata: { labels = {}, ...metadata }, ...object }: Object) => ({ ...object, metadata: { ...metadata, labels: Object.fromEntries(Object.entries(labels).filter(([key]) => key !== 'app.kubernetes.io/managed-by' && !key.startsWith('mostik.dev/'))) } });
    const byName = (a: Object, b: Object) => `${a.kind} ${a.metadata.name}`.localeCompare(`${b.kind} ${b.metadata.name}`);
    expect(own.map(known).sort(byName)).toEqual(plain.map(known).sort(byName));
  });

  it('refuse unknown keys with plain Helm too', async () => {
    const { chart, template, values } = examples('frontend-spa');
    const dir = home.write('wrong', { 'Chart.yaml': chart.replace('file://../', `file://${join(root, 'charts')}/`), 'templates/all.yaml': template, 'values.yaml': `${values}  replics: 2\n` });
    await home.mostik(['helm', '--', 'dependency', 'build', dir]);
    const { code, stderr } = await home.mostik(['helm', '--', 'template', 'web', dir]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('replics');
  });

  it('fetch their own dependency without a network', async () => {
    const { code, stdout, stderr } = await home.mostik(['helm', '--', 'dependency', 'list', join(root, 'charts', 'python-fastapi-service')]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/mostik-service\s+1\.0\.0\s+file:\/\/\.\.\/mostik-service\s+(ok|unpacked)/);
  });
});
