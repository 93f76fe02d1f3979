import { isScalar, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { nestingOf } from './yaml-nesting.js';
import { YamlWalk, type WalkLimits } from './yaml-walk.js';

/** A place in a text; both count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** Steps from the top of a document: map keys and list indexes. */
export type YamlPath = readonly (string | number)[];

/** What is wrong with a YAML text, and where. */
export type YamlProblem = Place &
  (
    | { kind: 'syntax'; text: string }
    | { kind: 'empty' }
    | { kind: 'documents' }
    | { kind: 'too-much'; text: string }
    | { kind: 'duplicate'; path: YamlPath; first: Place }
    /** A plain scalar that YAML 1.2 and YAML 1.1 read differently; `key` when it is a key. */
    | { kind: 'readings'; path: YamlPath; source: string; core: unknown; kubernetes: unknown; key: boolean }
    | { kind: 'merge'; path: YamlPath }
    | { kind: 'not-json'; path: YamlPath; source: string }
    | { kind: 'tag'; path: YamlPath; tag: string }
  );

/** A YAML text read into data that remembers where each field stands. */
export interface YamlText {
  /** Undefined where the text cannot be read at all. */
  data: unknown;
  problems: YamlProblem[];
  /** Where a field's key or value stands; undefined when the field is not there. */
  place(path: YamlPath, part?: 'key' | 'value'): Place | undefined;
  /** The field's scalar as written; undefined for maps, lists and absent fields. */
  source(path: YamlPath): string | undefined;
}

const limits: WalkLimits & { bytes: number } = { bytes: 2 * 1024 * 1024, depth: 100, nodes: 200_000 };

/**
 * Reads one YAML document by the rules of YAML 1.2 core, or by those of `sigs.k8s.io/yaml` (kubectl, Helm).
 * Size, depth and what aliases expand to are bounded, so that no text can hang or exhaust the process.
 */
export function readYamlText(text: string, rules: 'core' | 'kubernetes'): YamlText {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const unread = (...problems: YamlProblem[]): YamlText => ({ data: undefined, problems, place: () => undefined, source: () => undefined });
  if (text.length > limits.bytes) return unread({ kind: 'too-much', text: `more than ${limits.bytes / 1024 / 1024} MiB`, line: 1, column: 1 });
  const deepest = nestingOf(text);
  if (deepest.depth > limits.depth) {
    return unread({ kind: 'too-much', text: `nested more than ${limits.depth} levels deep`, line: deepest.line, column: 1 });
  }
  const documents = [
    ...parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      stringKeys: true,
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'silent',
    }),
  ];
  const [document, second] = documents;
  const syntax = documents.flatMap((each) => each.errors).map((error) => ({ kind: 'syntax' as const, text: wordsFor(error), ...at(error.pos[0]) }));
  if (syntax.length > 0) return unread(...firstPerLine(syntax));
  if (!document || (document.contents === null && !second)) return unread({ kind: 'empty', line: 1, column: 1 });
  return read(document, second, { rules, at });
}

function read(document: Document, second: Document | undefined, options: { rules: 'core' | 'kubernetes'; at: (offset: number) => Place }): YamlText {
  const { rules, at } = options;
  const walk = new YamlWalk(rules, limits, at);
  if (document.directives?.yaml.explicit) {
    walk.problems.push({ kind: 'syntax', text: 'a %YAML directive: the rules of this file are fixed', line: 1, column: 1 });
  }
  if (second) walk.problems.push({ kind: 'documents', ...at(second.range?.[0] ?? 0) });
  const whole = document.contents === null ? null : walk.dataOf(document.contents, []);
  if (whole === null && walk.problems.length === 0) walk.problems.push({ kind: 'empty', line: 1, column: 1 });
  const data = whole === null || walk.problems.some(({ kind }) => kind === 'too-much') ? undefined : whole;
  const find = (path: YamlPath) => walk.find(document.contents, path);
  return {
    data,
    problems: walk.problems.sort((a, b) => a.line - b.line || a.column - b.column),
    place(path, part = 'value') {
      const found = find(path);
      const node = part === 'key' ? (found?.key ?? found?.value) : (found?.value ?? found?.key);
      return node?.range ? at(node.range[0]) : undefined;
    },
    source(path) {
      const value = find(path)?.value;
      return isScalar(value) ? (value.source ?? String(value.value)) : undefined;
    },
  };
}

const phrases: Record<string, string> = {
  TAB_AS_INDENT: 'a tab in the indentation: YAML indents with spaces',
  MULTILINE_IMPLICIT_KEY: 'a key is not complete on its line: expected `key: value`',
  BLOCK_AS_IMPLICIT_KEY: 'a second `: ` on this line: put a text that holds it in quotes, or start the inner map on a line of its own',
  NON_STRING_KEY: 'a list or a map as a key: expected a word',
};

function wordsFor(error: { code: string; message: string }): string {
  if (/^Flow (map|sequence)/.test(error.message)) return `a ${error.message.startsWith('Flow map') ? '{' : '['} before this is not closed`;
  if (/^Missing closing/.test(error.message)) return `a quote (${error.message.includes('"') ? '"' : "'"}) before this is not closed`;
  return phrases[error.code] ?? error.message.charAt(0).toLowerCase() + error.message.slice(1);
}

function firstPerLine<T extends Place>(problems: T[]): T[] {
  const seen = new Set<number>();
  return problems.filter(({ line }) => !seen.has(line) && seen.add(line)).slice(0, 3);
}

