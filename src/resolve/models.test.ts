import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { load } from '../load/index.js';
import type { ResolvedPlatform } from '../model/index.js';
import { resolve } from './index.js';

let dir: string;
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-models-')));
  mkdirSync(join(dir, 'models'));
});
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

async function resolved(components: string): Promise<ResolvedPlatform> {
  writeFileSync(join(dir, 'platform.yaml'), `apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: ml }\nspec:\n  components:\n${components}`);
  return resolve(await load({ dir: '.', cwd: dir, overlays: [], sets: [] }), {});
}

const model = (name: string): string => `    ${name}: { model: { file: models/a.joblib, runtime: sklearn, version: "1" } }\n`;
const store = 'store: { endpoint: "http://minio:9000", bucket: models, secret: minio }';

it('starts pods of MLServer after their models, and tells ModelMesh of models once it is there', async () => {
  writeFileSync(join(dir, 'models/a.joblib'), 'a model');
  const order = async (server: string): Promise<string[]> => (await resolved(`    server: { modelServer: ${server} }\n${model('a')}${model('b')}`)).components.map(({ name, wave }) => `${wave} ${name}`);
  expect(await order('{}')).toEqual(['0 a', '0 b', '1 server']);
  expect(await order(`{ kind: modelmesh, ${store} }`)).toEqual(['0 server', '1 a', '1 b']);
});

it('counts the file of a model among the inputs of the platform', async () => {
  writeFileSync(join(dir, 'models/a.joblib'), 'a model');
  expect((await resolved(`    server: { modelServer: {} }\n${model('a')}`)).inputs).toContain(join(dir, 'models/a.joblib'));
});

it('refuses a file that does not go into a ConfigMap', async () => {
  const wrong = async (bytes: number): Promise<string[]> => {
    writeFileSync(join(dir, 'models/a.joblib'), Buffer.alloc(bytes));
    const error = await resolved(`    server: { modelServer: {} }\n${model('a')}`).then(() => undefined, (thrown: unknown) => thrown);
    return error instanceof MostikError ? error.diagnostics.map(({ code, message }) => `${code}: ${message}`) : [];
  };
  expect(await wrong(750 * 1024)).toEqual([]);
  expect(await wrong(750 * 1024 + 1)).toEqual(['model-file-large: spec.components.a.model.file: models/a.joblib has 751 KiB, at most 750 KiB go into a ConfigMap']);
});

it('gives the rest of the requests to the one version without a share, and none to a model that is alone', async () => {
  writeFileSync(join(dir, 'models/a.joblib'), 'a model');
  const version = (component: string, number: string, traffic: string): string => `    ${component}: { model: { name: a, file: models/a.joblib, runtime: sklearn, version: "${number}"${traffic} } }\n`;
  const shares = async (...given: string[]): Promise<unknown[]> => {
    const { components } = await resolved(`    server: { modelServer: {} }\n${given.map((traffic, index) => version(`a-${index}`, String(index), traffic)).join('')}`);
    return components.flatMap(({ source }) => (source.kind === 'model' ? [source.model.traffic] : []));
  };
  expect(await shares('', ', traffic: 30')).toEqual([70, 30]);
  expect(await shares(', traffic: 5', '', ', traffic: 30')).toEqual([5, 65, 30]);
  expect(await shares(', traffic: 60', ', traffic: 40')).toEqual([60, 40]);
  expect(await shares('', ', traffic: 100')).toEqual([0, 100]);
  expect(await shares('')).toEqual([undefined]);
  expect(await shares(', traffic: 100')).toEqual([undefined]);
});
