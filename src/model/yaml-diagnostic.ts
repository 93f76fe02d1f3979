import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { describeValue, oneOf } from '../lib/describe-value.js';
import type { YamlProblem } from '../lib/yaml-text.js';
import { formatPath } from './field-path.js';

/** The Diagnostic of what is wrong with a YAML file; `shown` is its path as the user would write it. */
export function yamlDiagnostic(problem: YamlProblem, shown: string): Diagnostic {
  const at: Location = { file: shown, line: problem.line, column: problem.column };
  switch (problem.kind) {
    case 'syntax':
      return diagnose('yaml-syntax', { path: shown, problem: problem.text }, at);
    case 'empty':
      return diagnose('yaml-empty', { path: shown }, { file: shown });
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
