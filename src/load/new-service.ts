import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { isMap, parseDocument, type YAMLMap } from 'yaml';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, valueAt } from '../lib/read-unknown.js';
import { shownPath } from '../lib/shown-path.js';
import { writeAtomically } from '../lib/write-atomically.js';
import { builtInCharts } from './built-in-charts.js';
import { findPlatformFile } from './find-file.js';
import { serviceValues } from './service-values.js';

export interface NewServiceOptions {
  /** Name of a library chart that comes with Mostik. */
  kind: string;
  name: string;
  /** Folder of the platform file. */
  dir: string;
  /** Whether the component is written into the platform file. */
  add: boolean;
}

export interface NewService {
  /** Absolute path of the values file. */
  file: string;
  /** The component as lines of a platform file, as deep as they stand there. */
  lines: string;
  /** Absolute path of the platform file that has the component; undefined when it was not asked for, or cannot be done. */
  platform?: string;
}

/** Writes a service as a values file, and with `add` its component into the platform file. Nothing that is there is written over. */
export function newService({ kind, name, dir, add }: NewServiceOptions): NewService {
  const values = valuesOf(kind);
  if (name.length > 53 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) throw new MostikError([diagnose('init-name', { name: JSON.stringify(name) })]);
  const platform = add ? findPlatformFile(dir, process.cwd()) : undefined;
  const folder = platform === undefined ? resolve(dir) : dirname(platform);
  const file = join(folder, 'values', `${name}.yaml`);
  if (existsSync(file)) throw new MostikError([diagnose('service-exists', { path: shownPath(file) })]);
  const entry = [`${name}:`, `  chart: ${kind}`, `  files: [${relative(folder, file).replaceAll('\\', '/')}]`];
  const added = platform === undefined ? undefined : withComponent(platform, name, entry);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, values.replaceAll('NAME', name), { flag: 'wx' });
  const lines = indented(entry, '    ');
  if (platform === undefined || added === undefined) return { file, lines };
  writeAtomically(platform, added, statSync(platform).mode & 0o777);
  return { file, lines, platform };
}

function valuesOf(kind: string): string {
  const known = [...builtInCharts().keys()].filter((name) => serviceValues[name] !== undefined);
  if (known.includes(kind)) return serviceValues[kind]!;
  const near = didYouMean(kind, known);
  throw new MostikError([diagnose('chart-kind-unknown', { kind, hint: near ? `did you mean ${near}?` : `there are ${oneOf(known, 'and')}` })]);
}

/**
 * The platform file with one more component after the last, every other letter as it is. Undefined where that cannot be
 * told from the text: a platform.ts, components in braces, none at all.
 */
function withComponent(path: string, name: string, entry: readonly string[]): string | undefined {
  if (extname(path) === '.ts') return undefined;
  const text = readFileSync(path, 'utf8');
  const document = parseDocument(text);
  const components = document.getIn(['spec', 'components'], true);
  if (!isMap(components)) return undefined;
  if (components.has(name)) throw new MostikError([diagnose('service-declared', { path: shownPath(path), name })]);
  const at = components.flow === true ? undefined : placeAfter(text, components);
  if (!at) return undefined;
  const newText = `${text.slice(0, at.offset)}${text[at.offset - 1] === '\n' ? '' : '\n'}${at.gap}${indented(entry, at.indent)}\n${text.slice(at.offset)}`;
  // What was read before is read again, or nothing is written.
  const before = asDict(valueAt(document.toJS(), 'spec', 'components'));
  const after = asDict(valueAt(parseDocument(newText).toJS(), 'spec', 'components'));
  const { [name]: own, ...others } = after;
  return own !== undefined && JSON.stringify(others) === JSON.stringify(before) ? newText : undefined;
}

/** Where the line after the last component begins, how deep components stand, and whether an empty line is between them. */
function placeAfter(text: string, components: YAMLMap): { offset: number; indent: string; gap: string } | undefined {
  const [first] = components.items;
  const start = (first?.key as { range?: [number, number, number] } | undefined)?.range?.[0];
  const end = components.range?.[1];
  if (start === undefined || end === undefined) return undefined;
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^ +$/.test(indent)) return undefined;
  const inside = text.slice(start, end).trimEnd();
  const lineEnd = text.indexOf('\n', start + inside.length);
  return { offset: lineEnd < 0 ? text.length : lineEnd + 1, indent, gap: /\n\n/.test(inside) ? '\n' : '' };
}

function indented(lines: readonly string[], indent: string): string {
  return lines.map((line) => indent + line).join('\n');
}
