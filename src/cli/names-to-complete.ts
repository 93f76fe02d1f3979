import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { asDict, asList, asString } from '../lib/read-unknown.js';
import type { FindNames } from './complete.js';

/** Finds names in files only, since a person waits for the next key: nothing is asked of a cluster. */
export const findNames: FindNames = async (what, dir) => {
  switch (what) {
    case 'components': {
      const spec = asDict((await readYaml(platformFile(dir)))['spec']);
      return [...new Set([spec, ...Object.values(asDict(spec['profiles'])).map(asDict)].flatMap((layer) => Object.keys(asDict(layer['components']))))];
    }
    case 'profiles':
      return Object.keys(asDict(asDict((await readYaml(platformFile(dir)))['spec'])['profiles']));
    case 'clusters': {
      const [{ listClusters }, { knownK3d }] = await Promise.all([import('../cluster/index.js'), import('../cluster/k3d/folder.js')]);
      return [...new Set([...listClusters().map(({ name }) => name), ...knownK3d()])];
    }
    case 'contexts': {
      const files = (process.env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config')).split(delimiter);
      const all = await Promise.all(files.map(readYaml));
      return all.flatMap((config) => asList(config['contexts']).flatMap((context) => asString(asDict(context)['name']) ?? []));
    }
  }
};

function platformFile(dir: string): string {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true ? join(dir, 'platform.yaml') : dir;
}

async function readYaml(file: string): Promise<ReturnType<typeof asDict>> {
  if (!existsSync(file)) return {};
  const { parse } = await import('yaml');
  return asDict(parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }));
}
