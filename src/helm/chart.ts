import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { asDict, asList, asString, type Dict } from '../lib/read-unknown.js';
import { readYamlText, type YamlText } from '../lib/yaml-text.js';
import { readTar } from './tar.js';

/** What the check of values needs of a chart. */
export interface Chart {
  /** Name under which a parent chart holds this one's values: the alias, where it has one. */
  name: string;
  /** Path to show: the chart's folder, or its archive. */
  path: string;
  values: YamlText;
  valuesFile: string;
  schema?: { text: string; file: string };
  subcharts: { chart: Chart; condition?: string; tags: string[] }[];
}

/** The files of a chart by path below it. */
interface ChartFiles {
  read(path: string): Promise<string | undefined>;
  /** Entries of `charts/`: names of folders and archives. */
  charts(): Promise<string[]>;
  /** A path for people: below the folder, or inside of the archive. */
  shown(path: string): string;
  open(entry: string): Promise<ChartFiles | undefined>;
}

const archiveLimit = 100 * 1024 * 1024;
const maxDepth = 10;

/** Reads a chart's values, schema and subcharts from its folder or .tgz. */
export async function readChart(path: string): Promise<Chart> {
  const files = (await stat(path)).isDirectory() ? inFolder(path) : await inArchive(path, await readFile(path));
  return readFrom(files, path, 0);
}

async function readFrom(files: ChartFiles, path: string, depth: number): Promise<Chart> {
  const about = asDict(readYamlText((await files.read('Chart.yaml')) ?? '', 'kubernetes').data);
  const values = readYamlText((await files.read('values.yaml')) ?? '', 'kubernetes');
  const schema = await files.read('values.schema.json');
  const chart: Chart = {
    name: asString(about['name']) ?? basename(path),
    path,
    values,
    valuesFile: files.shown('values.yaml'),
    ...(schema === undefined ? {} : { schema: { text: schema, file: files.shown('values.schema.json') } }),
    subcharts: [],
  };
  if (depth >= maxDepth) return chart;
  for (const entry of await files.charts()) {
    const inside = await files.open(entry);
    if (inside) chart.subcharts.push(...named(await readFrom(inside, files.shown(posix.join('charts', entry)), depth + 1), about));
  }
  return chart;
}

/** A subchart once for each time the parent depends on it: under its alias, with its condition; as it is when undeclared. */
function named(chart: Chart, parent: Dict): Chart['subcharts'] {
  const declared = asList(parent['dependencies']).map(asDict).filter((each) => each['name'] === chart.name);
  if (declared.length === 0) return [{ chart, tags: [] }];
  return declared.map((each) => {
    const condition = asString(each['condition']);
    const tags = asList(each['tags']).flatMap((tag) => asString(tag) ?? []);
    return { chart: { ...chart, name: asString(each['alias']) ?? chart.name }, ...(condition ? { condition } : {}), tags };
  });
}

function inFolder(folder: string): ChartFiles {
  return {
    read: (path) => readFile(join(folder, path), 'utf8').catch(() => undefined),
    charts: async () => (await readdir(join(folder, 'charts')).catch(() => [])).filter((name) => !/^[._]/.test(name)).sort(),
    shown: (path) => join(folder, path),
    open: async (entry) => {
      const path = join(folder, 'charts', entry);
      if ((await stat(path)).isDirectory()) return inFolder(path);
      return entry.endsWith('.tgz') ? inArchive(path, await readFile(path)) : undefined;
    },
  };
}

async function inArchive(path: string, bytes: Uint8Array): Promise<ChartFiles> {
  const files = readTar(await promisify(gunzip)(bytes, { maxOutputLength: archiveLimit }));
  // The first folder of an archive is the chart's name; the paths below it are the chart's.
  const below = new Map([...files].map(([name, content]) => [posix.normalize(name).split('/').slice(1).join('/'), content]));
  return part(path, below);
}

function part(path: string, files: ReadonlyMap<string, Uint8Array>): ChartFiles {
  return {
    read: (name) => Promise.resolve(files.has(name) ? new TextDecoder().decode(files.get(name)) : undefined),
    charts: () => Promise.resolve([...new Set([...files.keys()].flatMap((name) => /^charts\/([^._/][^/]*)/.exec(name)?.[1] ?? []))].sort()),
    shown: (name) => `${path}:${name}`,
    open: async (entry) => {
      const prefix = `charts/${entry}`;
      const packed = files.get(prefix);
      if (packed) return entry.endsWith('.tgz') ? inArchive(`${path}:${prefix}`, packed) : undefined;
      return part(`${path}:${prefix}`, new Map([...files].flatMap(([name, content]) => (name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), content] as const] : []))));
    },
  };
}
