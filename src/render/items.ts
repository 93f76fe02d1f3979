import type { Diagnostic } from '../diagnostics/index.js';
import { keyedDigest } from '../lib/canonical-json.js';
import { seedName, type ResolvedComponent, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import type { EngineItem } from './engine-protocol.js';
import { valuesWithSecrets } from './secret-values.js';

/** What the engine is asked for: one item per component, native workloads left out. */
export async function engineItems(platform: ResolvedPlatform, secrets: SecretTable): Promise<{ items: EngineItem[]; diagnostics: Diagnostic[] }> {
  const items: EngineItem[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const component of platform.components) {
    const { source, name: id } = component;
    if (source.kind === 'kustomization') items.push({ id, source: 'kustomization', path: source.path, root: platform.root });
    else if (source.kind === 'manifests') items.push({ id, source: 'manifests', paths: source.paths, root: platform.root });
    else if (source.kind === 'chart') {
      const { values, diagnostics: wrong } = await valuesWithSecrets(component, secrets);
      diagnostics.push(...wrong);
      const { release, namespace, files } = component;
      const seed = componentSeed(platform, component, secrets);
      items.push({ id, source: 'chart', path: source.path, root: platform.root, releaseName: release, namespace, files, values, seed, isUpgrade: false });
    }
  }
  return { items, diagnostics };
}

/** What random template functions of a component draw from: another for each component, the same as long as the platform keeps its seed. */
export function componentSeed(platform: ResolvedPlatform, component: ResolvedComponent, secrets: SecretTable): string {
  const seed = secrets.get(seedName);
  if (seed === undefined) throw new Error(`the secret table has no ${seedName}: random values would be the same on every platform`);
  return keyedDigest(Buffer.from(seed, 'utf8'), `${platform.name}/${component.name}`);
}
