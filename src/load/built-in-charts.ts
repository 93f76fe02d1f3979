import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lib/version.js';

/** Library charts that come with Mostik: name to folder. A chart without a schema is only a part of others. */
export function builtInCharts(): Map<string, string> {
  const folder = join(packageRoot, 'charts');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(names.filter((name) => existsSync(join(folder, name, 'values.schema.json'))).map((name) => [name, join(folder, name)]));
}

/** Tells whether a path may be meant as the name of a chart that comes with Mostik. */
export function isBareName(path: string): boolean {
  return /^[a-z0-9][-a-z0-9_]*$/i.test(path);
}
