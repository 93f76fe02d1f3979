import { resolve } from 'node:path';
import { diagnose, formatLocation, MostikError, type Location } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { shownPath } from '../lib/shown-path.js';
import { parsePath, formatPath, type FieldPath, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { placeAt, type FilePlace } from './edit-files.js';
import { chartValues } from './value-layers.js';

/** Finds the component that is meant in the files. */
export function declaredComponent({ components, name: platform }: ResolvedPlatform, name: string): ResolvedComponent {
  const found = components.find((component) => component.name === name);
  if (found) return found;
  const near = didYouMean(name, components.map((component) => component.name));
  throw new MostikError([diagnose('component-unknown', { where: `platform ${platform}`, name, hint: near === undefined ? `the components are ${components.map((component) => component.name).join(', ')}` : `did you mean ${near}?` })]);
}

/** Where a value of a chart, or a field of a workload, is to be written: where it is set, else the component's own entry in the platform file. */
export async function valuePlace(platform: ResolvedPlatform, component: ResolvedComponent, path: FieldPath): Promise<FilePlace> {
  const { source, name } = component;
  const secret = Object.entries(component.secretValues).find(([written]) => overlaps(parsePath(written) ?? [written], path));
  if (secret) throw notHere(component, formatPath(path), `it is filled with secret ${secret[1]}`, `put the value into .env, or rotate the secret`);
  const filled = source.kind === 'workload' && path[0] === 'env' ? source.workload.env[String(path[1])] : undefined;
  if (typeof filled === 'object') throw notHere(component, formatPath(path), `it is filled with secret ${filled.secret}`, 'put the value into .env, or name another secret in the platform file');
  if (source.kind === 'workload') return placeOr(platform, component, { at: component.locate(['workload', ...path], 'value'), tail: ['workload', ...path] });
  if (source.kind !== 'chart') throw notHere(component, formatPath(path), `${name} is made of manifests, which have no values`, `change ${formatLocation(component.at)}`);
  const { origin } = await chartValues(component, source.path, process.cwd());
  const { kind, at } = origin(path);
  switch (kind) {
    case 'secret':
    case '--set':
      throw notHere(component, formatPath(path), kind === 'secret' ? 'it comes from a secret' : `--set says it`, 'leave --set away, or change it there');
    case 'values file':
      return placeOr(platform, component, { at, tail: path });
    case 'inline values':
    case 'chart default':
      return placeOr(platform, component, { at: kind === 'inline values' ? at : component.locate(['values', ...path], 'value'), tail: ['values', ...path] });
  }
}

/** Finds the exact value at a location, or the place for a new one in the platform file. */
function placeOr(platform: ResolvedPlatform, component: ResolvedComponent, { at, tail }: { at: Location; tail: FieldPath }): FilePlace {
  if ('file' in at && at.file.startsWith('--set ')) throw notHere(component, formatPath(tail), `${at.file} says it`, 'leave --set away');
  const found = placeAt(at);
  if (found && endsWith(found.path, tail)) return found;
  const { file } = platform;
  if (!/\.(ya?ml|json)$/.test(file)) throw notHere(component, formatPath(tail), `${shownPath(file)} is code`, `change it there: ${formatLocation(at)}`);
  const own = ownEntry(component);
  const entry = own?.file === file ? own : undefined;
  return { file, document: 0, path: [...(entry?.path ?? ['spec', 'components', component.name]), ...(tail[0] === 'workload' || tail[0] === 'values' ? tail : ['values', ...tail])] };
}

/** Where the component itself stands: below `spec.components`, or in the profile that alone has it. */
function ownEntry({ at, name }: ResolvedComponent): FilePlace | undefined {
  const found = placeAt(at);
  const end = found?.path.findIndex((step, i) => step === name && found.path[i - 1] === 'components') ?? -1;
  return found && end >= 0 ? { ...found, file: resolve(found.file), path: found.path.slice(0, end + 1) } : undefined;
}

function endsWith(path: FieldPath, tail: FieldPath): boolean {
  return tail.length <= path.length && tail.every((step, i) => String(path[path.length - tail.length + i]) === String(step));
}

function overlaps(a: FieldPath, b: FieldPath): boolean {
  const length = Math.min(a.length, b.length);
  return formatPath(a.slice(0, length)) === formatPath(b.slice(0, length));
}

/** A value that Mostik cannot write, and who can. */
export function notHere({ name }: Pick<ResolvedComponent, 'name'>, what: string, reason: string, hint: string): MostikError {
  return new MostikError([diagnose('field-not-set-here', { component: name, what, reason, hint })]);
}
