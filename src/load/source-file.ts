import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { describeValue, oneOf } from '../lib/describe-value.js';
import { readYamlText, type YamlProblem } from '../lib/yaml-text.js';
import { formatPath, type FieldPath, type Locate } from '../model/index.js';
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
  if ('diagnostic' in read) return { diagnostics: [read.diagnostic] };
  const yaml = readYamlText(read.text, 'core');
  const diagnostics = yaml.problems.map((problem) => diagnosticOf(problem, role.shown));
  if (yaml.data === undefined) return { diagnostics };
  const mistaken = new Set(yaml.problems.flatMap((problem) => ('path' in problem ? [formatPath(problem.path)] : [])));
  const locate: Locate = (path, part = 'key') => {
    for (let end = path.length; end >= 0; end--) {
      const place = yaml.place(path.slice(0, end), end === path.length ? part : 'key');
      if (place) return { file: role.shown, ...place };
    }
    return { file: role.shown };
  };
  return { source: { file, shown: role.shown, data: yaml.data, inputs: [file], locate, written: (path) => yaml.source(path), mistaken }, diagnostics };
}

function diagnosticOf(problem: YamlProblem, shown: string): Diagnostic {
  const at: Location = { file: shown, line: problem.line, column: problem.column };
  switch (problem.kind) {
    case 'syntax':
      return diagnose('yaml-syntax', { path: shown, problem: problem.text }, at);
    case 'empty':
      return diagnose('yaml-empty', { path: shown, hint: '`mostik init` in an empty folder writes a first platform file' }, { file: shown });
    case 'documents':
      return diagnose('yaml-documents', { path: shown }, at);
    case 'too-much':
      return diagnose('file-too-much', { path: shown, problem: problem.text }, at);
    case 'duplicate':
      return diagnose('yaml-duplicate-key', { where: formatPath(problem.path), line: problem.first.line }, at);
    case 'merge':
      return diagnose('yaml-merge-key', { where: formatPath(problem.path.slice(0, -1)) || shown }, at);
    case 'not-json':
      return diagnose('yaml-number', { where: formatPath(problem.path), source: problem.source }, at);
    case 'tag':
      return diagnose('yaml-tag', { where: formatPath(problem.path), tag: problem.tag }, at);
    case 'readings':
      return diagnose('yaml-readings', { where: formatPath(problem.path), source: problem.source, ...readings(problem) }, at);
  }
}

function readings({ source, core, kubernetes, key }: Extract<YamlProblem, { kind: 'readings' }>) {
  const quoted = JSON.stringify(source);
  if (key) return { core: `the key ${quoted}`, kubernetes: kubernetes === null ? 'no key' : `the key ${JSON.stringify(kubernetes)}`, ways: quoted };
  const values = [core, kubernetes].filter((value) => typeof value !== 'string');
  const kind = typeof values[0] === 'number' ? 'the number' : typeof values[0] === 'boolean' ? 'the boolean' : 'no value';
  return { core: reading(core), kubernetes: reading(kubernetes), ways: `${quoted} for the text, ${oneOf(values.map((value) => JSON.stringify(value) ?? 'null'))} for ${kind}` };
}

function reading(value: unknown): string {
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : describeValue(value);
}
