import { readFileSync, statSync } from 'node:fs';
import type { Location } from '../diagnostics/index.js';
import type { FieldPath, RenderedObject } from '../model/index.js';

/** The template that an object comes from, with the line of a field where there is one line alone that can be it; the chart where the template is not known. */
export function templateLine({ at }: RenderedObject, path: FieldPath, chart: string): Location {
  if (!('file' in at) || !at.file.startsWith(chart)) return { file: chart };
  const keys = path.filter((step): step is string => typeof step === 'string');
  const lines = linesOf(at.file);
  for (const key of keys.slice(-2).reverse()) {
    const found = lines.flatMap((line, i) => (line.trim().replace(/^- /, '').startsWith(`${key}:`) ? [i + 1] : []));
    if (found.length === 1) return { file: at.file, line: found[0]! };
    if (found.length > 1) break;
  }
  return { file: at.file };
}

function linesOf(file: string): string[] {
  try {
    return statSync(file).size <= 1024 * 1024 ? readFileSync(file, 'utf8').split('\n') : [];
  } catch {
    return [];
  }
}
