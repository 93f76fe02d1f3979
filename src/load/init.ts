import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { shownPath } from '../lib/shown-path.js';
import { packageRoot } from '../lib/version.js';
import { dnsLabelOf } from './expected.js';
import { firstPlatform, firstReadme } from './first-platform.js';

export interface InitOptions {
  /** Folder to write into; made when it is not there. */
  dir: string;
  /** A platform that comes with Mostik, such as `microservices`. */
  from?: string;
  /** Name of the platform; by default made from the folder's. */
  name?: string;
}

export interface InitResult {
  name: string;
  /** Absolute path of the folder. */
  dir: string;
  /** What was written, relative to the folder, sorted. */
  files: string[];
}

/** Where a new file comes from: its text, or a file that is copied. */
type Content = { text: string } | { copy: string };

const schemaPath = join('schema', 'platform.schema.json');
const leftOut = new Set(['node_modules', 'dist', 'test', 'tests', 'coverage', '.git', '.env', '.mostik']);

/** Writes a first platform into a folder, or a copy of one that comes with Mostik. Nothing that is there is written over. */
export function initPlatform(options: InitOptions): InitResult {
  const dir = resolve(options.dir);
  const name = nameFor(options, dir);
  const files = options.from === undefined ? fromNothing(name) : fromPlatform(options.from, name);
  const schema = schemaFor(dir);
  if (schema.copy) files.set(schemaPath, { copy: join(packageRoot, schemaPath) });
  withSchemaLine(files, schema.path);
  const taken = [...files.keys()].filter((file) => existsSync(join(dir, file)) && !mayStay(file, options));
  if (taken.length > 0) throw new MostikError([diagnose('init-exists', { dir: shownPath(dir), files: oneOf(taken.sort(), 'and') })]);
  const written = [...files].filter(([file, content]) => write(join(dir, file), content)).map(([file]) => file);
  return { name, dir, files: written.sort() };
}

/** Names of the platforms that come with Mostik. */
export function initSources(): string[] {
  const folder = join(packageRoot, 'platforms');
  return existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'platform.yaml'))) : [];
}

function nameFor({ name, dir: given }: InitOptions, dir: string): string {
  if (existsSync(dir) && !statSync(dir).isDirectory()) {
    throw new MostikError([diagnose('file-unreadable', { what: 'init', path: given, problem: 'it is a file', hint: 'name a folder' })]);
  }
  const label = name ?? dnsLabelOf(basename(dir));
  if (label.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label)) throw new MostikError([diagnose('init-name', { name: JSON.stringify(name ?? basename(dir)) })]);
  return label;
}

function fromNothing(name: string): Map<string, Content> {
  return new Map<string, Content>([
    ['platform.yaml', { text: firstPlatform(name) }],
    ['README.md', { text: firstReadme(name) }],
    ['.gitignore', { text: ignored }],
  ]);
}

function fromPlatform(from: string, name: string): Map<string, Content> {
  const known = initSources();
  if (!known.includes(from)) {
    const near = didYouMean(from, known);
    const hint = near ? `did you mean ${near}?` : known.length > 0 ? `there are ${oneOf(known, 'and')}` : 'this installation has none';
    throw new MostikError([diagnose('init-source-unknown', { name: from, hint })]);
  }
  const folder = join(packageRoot, 'platforms', from);
  const files = new Map<string, Content>(filesOf(folder).map((file) => [relative(folder, file), { copy: file }]));
  files.set('platform.yaml', { text: renamed(readFileSync(join(folder, 'platform.yaml'), 'utf8'), name) });
  if (!files.has('.gitignore')) files.set('.gitignore', { text: ignored });
  return files;
}

const ignored = '# Generated passwords stay on this machine.\n.env\n';

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (leftOut.has(entry.name) || /\.test\.[cm]?[jt]s$/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : entry.isFile() ? [path] : [];
  });
}

/** Puts another name into a platform file and leaves every other letter as it is. */
function renamed(text: string, name: string): string {
  const node = parseDocument(text).getIn(['metadata', 'name'], true) as { range?: [number, number, number] } | undefined;
  return node?.range ? `${text.slice(0, node.range[0])}${name}${text.slice(node.range[1])}` : text;
}

/** An installed package is named by its path; otherwise the schema is copied, so that editors find it in every clone. */
function schemaFor(dir: string): { path: string; copy: boolean } {
  for (let folder = dir; ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules', 'mostik', schemaPath);
    if (existsSync(installed)) return { path: relative(dir, installed), copy: false };
    if (dirname(folder) === folder) return { path: schemaPath, copy: true };
  }
}

function withSchemaLine(files: Map<string, Content>, path: string): void {
  const platform = files.get('platform.yaml');
  if (!platform || !('text' in platform)) return;
  const line = `# yaml-language-server: $schema=${path.startsWith('.') ? path : `./${path}`}\n`;
  files.set('platform.yaml', { text: line + platform.text.replace(/^# yaml-language-server:.*\n/m, '') });
}

/** What a folder may have before: ignore rules are added to, and a README of the user's own stays. */
function mayStay(file: string, { from }: InitOptions): boolean {
  return file === '.gitignore' || (file === 'README.md' && from === undefined);
}

/** Writes one file; false when there was nothing to write. */
function write(path: string, content: Content): boolean {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) {
    const isIgnored = path.endsWith('.gitignore') && /^\.env$/m.test(readFileSync(path, 'utf8'));
    if (!path.endsWith('.gitignore') || isIgnored) return false;
    appendFileSync(path, `\n${ignored}`);
  } else if ('copy' in content) copyFileSync(content.copy, path);
  else writeFileSync(path, content.text, { flag: 'wx' });
  return true;
}
