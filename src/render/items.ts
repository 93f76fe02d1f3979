import type { Diagnostic } from '../diagnostics/index.js';
import { inLibrary, installLibrary, isInstallTemplate, type InstalledLibrary } from '../helm/index.js';
import { keyedDigest } from '../lib/canonical-json.js';
import { seedName, type ResolvedComponent, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import type { EngineDiagnostic, EngineItem, EngineResult } from './engine-protocol.js';
import { valuesWithSecrets } from './secret-values.js';

/** What the engine is asked for: one item per component, native workloads left out. */
export interface Asked {
  items: EngineItem[];
  /** Library charts that were made installable, by component. */
  libraries: Map<string, InstalledLibrary>;
  diagnostics: Diagnostic[];
}

/** Makes the engine's items. Throws a MostikError for a library chart that has nothing to install. */
export async function engineItems(platform: ResolvedPlatform, secrets: SecretTable): Promise<Asked> {
  const items: EngineItem[] = [];
  const libraries: Asked['libraries'] = new Map();
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
      const library = await installLibrary(component, platform.root);
      if (library) libraries.set(id, library);
      // What resolve found below the root is read again from the cache, which is not below it.
      const place = library ? { path: library.folder, root: '' } : { path: source.path, root: platform.root };
      items.push({ id, source: 'chart', ...place, releaseName: release, namespace, files, values, seed, isUpgrade: false });
    }
  }
  return { items, libraries, diagnostics };
}

/** Says of the library and the platform file what the engine says of files in the cache: every object comes of its component. */
export function outOfCache(result: EngineResult, library: InstalledLibrary | undefined): EngineResult {
  if (!library) return result;
  const diagnostics = result.diagnostics.map((found) => ofLibrary(found, library));
  const objects = result.objects.map(({ line: _, ...object }) => ({ ...object, file: '' }));
  return { ...result, objects, diagnostics };
}

/** What random template functions of a component draw from: another for each component, the same as long as the platform keeps its seed. */
export function componentSeed(platform: ResolvedPlatform, component: ResolvedComponent, secrets: SecretTable): string {
  const seed = secrets.get(seedName);
  if (seed === undefined) throw new Error(`the secret table has no ${seedName}: random values would be the same on every platform`);
  return keyedDigest(Buffer.from(seed, 'utf8'), `${platform.name}/${component.name}`);
}

function ofLibrary(found: EngineDiagnostic, library: InstalledLibrary): EngineDiagnostic {
  const { file, line: _line, column: _column, ...rest } = found;
  const message = inLibrary(found.message, library);
  if (file === undefined) return { ...found, message };
  // Nobody wrote the template that includes the library: what fails in it is said of the component.
  return isInstallTemplate(file, library) ? { ...rest, message: message.replace(/^\S+\.yaml: /, '') } : { ...found, message, file: inLibrary(file, library) };
}
