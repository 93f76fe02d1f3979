import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { diagnose, MostikError, type Location } from '../diagnostics/index.js';
import { pathAt, setInYaml } from '../lib/edit-yaml.js';
import { shownPath } from '../lib/shown-path.js';
import { writeAtomically } from '../lib/write-atomically.js';
import { formatPath, type FieldPath } from '../model/index.js';

/** A value in a file of the platform. */
export interface FilePlace {
  /** Absolute. */
  file: string;
  path: FieldPath;
  /** Which document of the file. */
  document: number;
}

/** A file before and after. */
export interface FileEdit {
  /** Absolute. */
  file: string;
  before: string;
  after: string;
}

/** Finds the value that stands at a location; undefined when the location is no place in a YAML file. */
export function placeAt(at: Location): FilePlace | undefined {
  if (!('file' in at) || at.line === undefined || !/\.(ya?ml|json)$/.test(at.file)) return undefined;
  const file = resolve(at.file);
  const found = pathAt(readFileSync(file, 'utf8'), { line: at.line, ...(at.column === undefined ? {} : { column: at.column }) });
  return found ? { file, ...found } : undefined;
}

/** Sets values in files without touching anything else; nothing is written yet. What cannot be changed alone is a Diagnostic. */
export function editFiles(changes: readonly (FilePlace & { value: unknown })[]): FileEdit[] {
  const edits = new Map<string, FileEdit>();
  for (const { file, path, document, value } of changes) {
    const before = edits.get(file)?.before ?? readFileSync(file, 'utf8');
    const result = setInYaml(edits.get(file)?.after ?? before, path, value, { document, json: file.endsWith('.json') });
    if ('problem' in result) throw new MostikError([diagnose('edit-not-understood', { file: shownPath(file), path: formatPath(path), reason: result.problem, value: JSON.stringify(value) })]);
    edits.set(file, { file, before, after: result.text });
  }
  return [...edits.values()].filter(({ before, after }) => before !== after);
}

/**
 * Writes edits, and takes them back unless `verify` is content: the pipeline reads files, so that a file has to be there to be
 * checked. What verify throws is thrown after the files are as they were.
 */
export async function writeIfSound<T>(edits: readonly FileEdit[], verify: () => Promise<T>): Promise<T> {
  for (const { file, before } of edits) {
    if (readFileSync(file, 'utf8') !== before) throw new MostikError([diagnose('edit-not-understood', { file: shownPath(file), path: 'it', reason: 'the file has changed meanwhile', value: 'or try again' })]);
  }
  const put = (text: 'before' | 'after'): void => { for (const edit of edits) writeAtomically(edit.file, edit[text], statSync(edit.file).mode & 0o777); };
  let isSound = false;
  put('after');
  try {
    const result = await verify();
    isSound = true;
    return result;
  } finally {
    if (!isSound) put('before');
  }
}
