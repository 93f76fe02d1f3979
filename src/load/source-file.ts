import type { Diagnostic } from '../diagnostics/index.js';
import { readYamlText } from '../lib/yaml-text.js';
import { formatPath, yamlDiagnostic, type FieldPath, type Locate } from '../model/index.js';
import { readTextFile, type FileRole } from './text-file.js';

/** A platform file or overlay as data, whatever language it is written in. */
export interface SourceFile {
  file: string;
  /** Path as the user would write it. */
  shown: string;
  data: unknown;
  /** Every file that was read to get the data. */
  inputs: string[];
  locate: Locate;
  /** The scalar at a path as written. */
  written(path: FieldPath): string | undefined;
  /** Paths that have a mistake of their own: what a schema says about them is no news. */
  mistaken: Set<string>;
}

/** Reads a YAML 1.2 file; `data` is missing when it cannot be understood at all. */
export async function readYamlSource(file: string, role: FileRole): Promise<{ source?: SourceFile; diagnostics: Diagnostic[] }> {
  const read = await readTextFile(file, role);
  return 'diagnostic' in read ? { diagnostics: [read.diagnostic] } : yamlSource(read.text, file, role.shown);
}

/** The same for a text that was read already. */
export function yamlSource(text: string, file: string, shown: string): { source?: SourceFile; diagnostics: Diagnostic[] } {
  const yaml = readYamlText(text, 'core');
  const diagnostics = yaml.problems.map((problem) => yamlDiagnostic(problem, shown));
  if (yaml.data === undefined) return { diagnostics };
  const mistaken = new Set(yaml.problems.flatMap((problem) => ('path' in problem ? [formatPath(problem.path)] : [])));
  const locate: Locate = (path, part = 'key') => {
    for (let end = path.length; end >= 0; end--) {
      const place = yaml.place(path.slice(0, end), end === path.length ? part : 'key');
      if (place) return { file: shown, ...place };
    }
    return { file: shown };
  };
  return { source: { file, shown, data: yaml.data, inputs: [file], locate, written: (path) => yaml.source(path), mistaken }, diagnostics };
}
