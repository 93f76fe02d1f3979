import { isAbsolute, join } from 'node:path';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { FieldPath, ImageBuild } from '../model/index.js';
import { findPath, type Ground } from './paths.js';
import { whereOf, type Declared } from './source.js';

/** The images that a component builds, with paths made absolute; context and Dockerfile are there. */
export function findBuilds({ name, component, locate }: Declared, ground: Ground): { builds: ImageBuild[]; problems: Diagnostic[] } {
  const given = component.build;
  const builds: ImageBuild[] = [];
  const problems: Diagnostic[] = [];
  for (const [index, build] of (given === undefined ? [] : Array.isArray(given) ? given : [given]).entries()) {
    const above: FieldPath = Array.isArray(given) ? ['build', index] : ['build'];
    const find = (field: 'context' | 'file', path: string): string | undefined => {
      const at = locate([...above, field], 'value');
      const where = whereOf(name, ...above, field);
      const found = findPath({ path, where, at, remoteHint: 'get it into the platform, and name that folder' }, ground);
      if ('diagnostic' in found) problems.push(found.diagnostic);
      else if (found.folder !== (field === 'context')) problems.push(diagnose('file-unreadable', { what: where, path, problem: found.folder ? 'it is a folder' : 'it is a file', hint: field === 'context' ? 'name the folder that the build copies from' : 'name a Dockerfile below the context' }, at));
      else return found.path;
      return undefined;
    };
    const context = find('context', build.context);
    const file = context === undefined ? undefined : find('file', isAbsolute(build.file) ? build.file : join(build.context, build.file));
    if (context !== undefined && file !== undefined) builds.push({ ...build, context, file });
  }
  return { builds, problems };
}
