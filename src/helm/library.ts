import { createHash, randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, asList, asString, type Dict } from '../lib/read-unknown.js';
import { readYamlText } from '../lib/yaml-text.js';
import { formatPath, type ResolvedComponent } from '../model/index.js';
import { chartFiles } from './chart-files.js';

/** A library chart made into one that can be installed. */
export interface InstalledLibrary {
  /** Folder of the chart to render. */
  folder: string;
  /** The library: folder or .tgz, as the platform names it. */
  path: string;
}

const installFile = 'templates/mostik-install.yaml';

interface Library {
  name: string;
  about: Dict;
  files: Map<string, Uint8Array>;
}

/**
 * Makes a chart that can be installed of a component's library chart: the same files, as an application with one template
 * that includes `NAME.all`. It lies in the cache by its content. Undefined for any other chart. Throws a MostikError when
 * the library has nothing to install. `root` is what no dependency by path may leave.
 */
export async function installLibrary(component: ResolvedComponent, root: string, env: NodeJS.ProcessEnv = process.env): Promise<InstalledLibrary | undefined> {
  if (component.source.kind !== 'chart') return undefined;
  const { path } = component.source;
  const about = existsSync(join(path, 'Chart.yaml')) || /\.(tgz|tar\.gz)$/.test(path) ? await readLibrary(path) : undefined;
  if (!about) return undefined;
  const where = `${formatPath(['spec', 'components', component.name])}.chart`;
  const at = component.locate(['chart'], 'value');
  // A library that comes with Mostik lies outside of the platform, beside those it depends on.
  const ground = isBelow(path, root) ? root : dirname(path);
  for (const { dependency, repository } of await addDependencies(about, path, ground)) {
    throw new MostikError([diagnose('library-part-missing', { where, name: about.name, dependency, repository }, at)]);
  }
  if (!definesAll(about)) throw new MostikError([diagnose('library-incomplete', { where, name: about.name }, at)]);
  about.files.set('Chart.yaml', Buffer.from(JSON.stringify({ ...about.about, type: 'application' })));
  about.files.set(installFile, Buffer.from(installTemplate(about.name)));
  return { folder: await keep(about, env), path };
}

/** What the engine says of a file in the installed chart, said of the library's own. */
export function inLibrary(text: string, { folder, path }: InstalledLibrary): string {
  return text.replaceAll(folder + sep, path + sep).replaceAll(folder, path);
}

/** Tells whether a file is the template that makes the library a chart to install. */
export function isInstallTemplate(file: string, { folder }: InstalledLibrary): boolean {
  return file === join(folder, installFile);
}

async function readLibrary(path: string): Promise<Library | undefined> {
  const files = await chartFiles(path).catch(() => new Map<string, Uint8Array>());
  const about = asDict(readYamlText(text(files.get('Chart.yaml')), 'kubernetes').data);
  const name = asString(about['name']);
  return about['type'] === 'library' && name !== undefined ? { name, about, files } : undefined;
}

/** Adds what lies outside of `charts/`: dependencies that `repository: file://` names. Returns those that are nowhere. */
async function addDependencies({ about, files }: Library, path: string, root: string): Promise<{ dependency: string; repository: string }[]> {
  const missing: { dependency: string; repository: string }[] = [];
  for (const entry of asList(about['dependencies']).map(asDict)) {
    const name = asString(entry['name']) ?? '';
    if ([...files.keys()].some((file) => file.startsWith(`charts/${name}/`) || (file.startsWith(`charts/${name}-`) && file.endsWith('.tgz')))) continue;
    const repository = asString(entry['repository']) ?? '';
    const folder = repository.startsWith('file://') ? resolve(path, repository.slice('file://'.length)) : undefined;
    const found = folder !== undefined && existsSync(join(folder, 'Chart.yaml')) && isBelow(folder, root) ? await chartFiles(folder) : undefined;
    for (const [file, content] of found ?? []) files.set(`charts/${name}/${file}`, content);
    if (!found) missing.push({ dependency: name, repository: repository === '' ? 'a repository that it names' : repository });
  }
  return missing;
}

/** Links are resolved first. */
function isBelow(path: string, root: string): boolean {
  const way = relative(realpathSync(root), realpathSync(path));
  return way.split(sep)[0] !== '..' && !isAbsolute(way);
}

function definesAll({ name, files }: Library): boolean {
  return [...files].some(([file, content]) => file.startsWith('templates/') && text(content).includes(`define "${name}.all"`));
}

/** The library sees what it sees in a chart that depends on it: its values below its name, and a chart called as the release. */
function installTemplate(name: string): string {
  const chart = '(dict "Name" .Release.Name "Version" .Chart.Version "AppVersion" .Chart.AppVersion "APIVersion" "v2" "Type" "application")';
  return `{{- include "${name}.all" (dict "Values" (dict "${name}" .Values) "Chart" ${chart} "Release" .Release "Capabilities" .Capabilities "Files" .Files "Template" .Template "Subcharts" .Subcharts) }}\n`;
}

function text(content: Uint8Array | undefined): string {
  return content === undefined ? '' : new TextDecoder().decode(content);
}

/** Writes the chart below the cache, or below the temporary folder where there can be none, and returns its folder. */
async function keep({ name, files }: Library, env: NodeJS.ProcessEnv): Promise<string> {
  const hash = createHash('sha256');
  for (const [file, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${file}\0${content.length}\0`).update(content);
  const entry = `${name}-${hash.digest('hex').slice(0, 16)}`;
  const caches = [join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mostik', 'charts'), join(tmpdir(), `mostik-charts-${process.getuid?.() ?? ''}`)];
  for (const [index, cache] of caches.entries()) {
    try {
      return await keepIn(cache, entry, files);
    } catch (error) {
      if (index === caches.length - 1) throw error;
    }
  }
  throw new Error('unreachable');
}

async function keepIn(cache: string, entry: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const folder = join(cache, entry);
  const now = new Date();
  if (await stat(folder).then(() => true, () => false)) {
    await utimes(folder, now, now).catch(() => undefined);
    return folder;
  }
  const temporary = join(cache, `.${entry}.${randomBytes(4).toString('hex')}`);
  try {
    for (const [file, content] of files) {
      await mkdir(dirname(join(temporary, file)), { recursive: true, mode: 0o700 });
      await writeFile(join(temporary, file), content);
    }
    // Another process may have been first: its folder has the same content.
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!existsSync(folder)) throw error;
      await rm(temporary, { recursive: true, force: true });
    });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await removeOld(cache, now.getTime());
  return folder;
}

const keepDays = 30;

async function removeOld(cache: string, now: number): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const age = now - (await stat(path).then(({ mtimeMs }) => mtimeMs, () => now));
    if (age > keepDays * 24 * 3600 * 1000) await rm(path, { recursive: true, force: true });
  }
}
