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
