import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, visit, type Document, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { canonicalJson } from './canonical-json.js';
import { isDict } from './read-unknown.js';
import { yamlText } from './write-yaml.js';

/** Steps from the top of a document. */
export type Path = readonly (string | number)[];

/** The new text, or why the one value cannot be changed alone. */
export type Edit = { text: string } | { problem: string };

const options = { version: '1.2', schema: 'core', stringKeys: true, keepSourceTokens: false, logLevel: 'silent' } as const;

/**
 * Sets one value in a YAML text, and touches nothing else: comments, order, quotes and layout stay, since only the value's own
 * characters are replaced or a line is put in. The result is read again: whatever else would have changed is a problem.
 */
export function setInYaml(text: string, path: Path, value: unknown, at: { document?: number; json?: boolean } = {}): Edit {
  const { document: index = 0, json = false } = at;
  const document = documentsOf(text)[index];
  if (!document || document.errors.length > 0) return { problem: document?.errors[0]?.message.split('\n')[0] ?? 'it is empty' };
  const edited = splice(text, document, { path, value, json });
  if ('problem' in edited) return edited;
  const after = documentsOf(edited.text)[index];
  const wanted = canonicalJson(withValue(document.toJS(), path, value));
  return after && after.errors.length === 0 && canonicalJson(after.toJS()) === wanted ? edited : { problem: 'the text around it would change its meaning' };
}

/** The path of the value or key that stands at a place of a text, and the document that it is in. */
export function pathAt(text: string, place: { line: number; column?: number }): { path: (string | number)[]; document: number } | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...options, lineCounter: lines });
  if (!Array.isArray(documents)) return undefined;
  for (const [index, document] of documents.entries()) {
    let found: (string | number)[] | undefined;
    const isHere = (node: unknown): boolean => {
      const start = (node as Node | null)?.range?.[0];
      if (start === undefined) return false;
      const { line, col } = lines.linePos(start);
      return line === place.line && (place.column === undefined || col === place.column);
    };
    visit(document, {
      Node: (_, node, ancestors) => {
        if (!isHere(node)) return undefined;
        // A map starts where its first key does: the innermost node is meant.
        found = stepsTo(node, ancestors);
        return undefined;
      },
    });
    if (found) return { path: found, document: index };
  }
  return undefined;
}

function stepsTo(node: unknown, ancestors: readonly unknown[]): (string | number)[] {
  const chain = [...ancestors, node];
  return chain.flatMap((parent, i): (string | number)[] => {
    if (isPair(parent)) return [String((parent.key as Scalar).value)];
    const next = chain[i + 1];
    return isSeq(parent) && next !== undefined ? [parent.items.indexOf(next)] : [];
  });
}

function documentsOf(text: string): Document.Parsed[] {
  const documents = parseAllDocuments(text, options);
  return Array.isArray(documents) ? (documents as Document.Parsed[]) : [];
}

interface Change {
  path: Path;
  value: unknown;
  json: boolean;
}

function splice(text: string, document: Document.Parsed, change: Change): Edit {
  const { path } = change;
  let node: unknown = document.contents;
  let inFlow = false;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) return { problem: 'an alias stands for it' };
    if (isMap(node)) {
      inFlow ||= node.flow === true;
      const pair: Pair | undefined = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) return insert(text, node, { ...change, rest: path.slice(depth), inFlow });
      if (pair.value === null || (isScalar(pair.value) && pair.value.value === null && depth < path.length - 1)) return fillEmpty(text, pair, { ...change, rest: path.slice(depth + 1), inFlow });
      node = pair.value;
    } else if (isSeq(node)) {
      inFlow ||= node.flow === true;
      const item: unknown = node.items[Number(step)];
      if (item === undefined) return { problem: `the list has ${node.items.length} entries` };
      node = item;
    } else return { problem: `${path.slice(0, depth).join('.') || 'the document'} is no map` };
  }
  return replaceNode(text, node as Node, { ...change, inFlow });
}

/** Puts the value in place of a node's own characters. */
function replaceNode(text: string, node: Node, { value, json, inFlow }: Change & { inFlow: boolean }): Edit {
  if (!node.range) return { problem: 'it has no place in the file' };
  const [start, end] = node.range;
  if (isAlias(node)) return { problem: 'an alias stands for it' };
  const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
  const quotes = isScalar(node) && typeof value === 'string' ? node.type : undefined;
  return { text: `${text.slice(0, start)}${written(value, { json, inFlow, quotes })}${isBlock ? '\n' : ''}${text.slice(end)}` };
}

/** A value on one line; strings keep the quotes of what they replace. */
function written(value: unknown, { json, inFlow, quotes }: { json: boolean; inFlow: boolean; quotes?: Scalar['type'] | undefined }): string {
  if (json) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => written(item, { json, inFlow: true })).join(', ')}]`;
  if (isDict(value)) return `{ ${Object.entries(value).map(([key, entry]) => `${written(key, { json, inFlow: true })}: ${written(entry, { json, inFlow: true })}`).join(', ')} }`;
  if (typeof value !== 'string') return String(value);
  if (quotes === 'QUOTE_SINGLE' && /^[\x20-\x7e]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (quotes === 'QUOTE_DOUBLE' || value.includes('\n') || (inFlow && /[,[\]{}]|^[?:-]|: | #/.test(value))) return JSON.stringify(value);
  return yamlText(value).trimEnd();
}

type Insertion = Change & { rest: Path; inFlow: boolean };

/** Puts a new entry into a map: at its end, in its own style. */
function insert(text: string, map: YAMLMap, change: Insertion): Edit {
  if (change.rest.some((step) => typeof step === 'number')) return { problem: 'there is no such list' };
  const last = map.items.at(-1);
  if (map.flow || !last) return insertInFlow(text, map, change);
  const keyAt = (map.items[0]!.key as Node).range?.[0];
  if (keyAt === undefined) return { problem: 'it has no place in the file' };
  const indent = keyAt - (text.lastIndexOf('\n', keyAt - 1) + 1);
  const end = endOf(last);
  const lineEnd = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  const at = lineEnd < 0 ? text.length : lineEnd;
  return { text: `${text.slice(0, at)}\n${blockLines(change, indent)}${text.slice(at)}` };
}

function insertInFlow(text: string, map: YAMLMap, { rest, value, json }: Insertion): Edit {
  const [, end] = map.range ?? [0, 0];
  const last = map.items.at(-1);
  const entry = rest.reduceRight<unknown>((inner, step) => ({ [String(step)]: inner }), value);
  const inside = written(entry, { json, inFlow: true });
  const body = json ? inside.slice(1, -1) : inside.slice(2, -2);
  if (!last) return { text: `${text.slice(0, map.range?.[0] ?? 0)}${json ? inside : `{ ${body} }`}${text.slice(end)}` };
  const at = endOf(last);
  return { text: `${text.slice(0, at)}, ${body}${text.slice(at)}` };
}

/** Gives a key without a value what belongs below it. */
function fillEmpty(text: string, pair: Pair, change: Insertion): Edit {
  const key = pair.key as Node;
  const start = key.range?.[0] ?? 0;
  const [from, to] = [(pair.value as Node | null)?.range?.[0] ?? text.indexOf(':', key.range?.[1] ?? 0) + 1, (pair.value as Node | null)?.range?.[1] ?? text.indexOf(':', key.range?.[1] ?? 0) + 1];
  const { value, rest, json, inFlow } = change;
  if (rest.some((step) => typeof step === 'number')) return { problem: 'there is no such list' };
  const space = text[from - 1] === ' ' ? '' : ' ';
  if (rest.length === 0 || inFlow || json) return { text: `${text.slice(0, from)}${space}${written(rest.reduceRight<unknown>((inner, step) => ({ [String(step)]: inner }), value), { json, inFlow: true })}${text.slice(to)}` };
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1) + 2;
  const cleared = `${text.slice(0, from)}${text.slice(to)}`;
  const lineEnd = cleared.indexOf('\n', from);
  const at = lineEnd < 0 ? cleared.length : lineEnd;
  return { text: `${cleared.slice(0, at)}\n${blockLines(change, indent)}${cleared.slice(at)}` };
}

function blockLines({ rest, value, json }: Insertion, indent: number): string {
  return rest.map((step, i) => `${' '.repeat(indent + 2 * i)}${written(String(step), { json, inFlow: false })}:${i === rest.length - 1 ? ` ${written(value, { json, inFlow: false })}` : ''}`).join('\n');
}

function endOf({ key, value }: Pair): number {
  return (value as Node | null)?.range?.[1] ?? (key as Node).range?.[1] ?? 0;
}

/** What the document says once the value is set. */
function withValue(data: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(data)) return (data as unknown[]).map((item, i) => (i === Number(step) ? withValue(item, rest, value) : item));
  const map = isDict(data) ? data : {};
  return { ...map, [String(step)]: withValue(Object.hasOwn(map, String(step)) ? map[String(step)] : undefined, rest, value) };
}
