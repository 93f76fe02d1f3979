import { asDict, asList, asNumber, asString, isDict, type Dict } from '../lib/read-unknown.js';
import type { Hook, HookEvent } from '../model/index.js';

/** What the render engine is asked and answers (engine/render, protocol version 1). */
export const protocol = 1;

/** One component's source. Paths are absolute and below `root`. */
export type EngineItem =
  | { id: string; source: 'chart'; path: string; root: string; releaseName: string; namespace: string; files: string[]; values: Dict; seed: string; isUpgrade: boolean }
  | { id: string; source: 'kustomization'; path: string; root: string }
  | { id: string; source: 'manifests'; paths: string[]; root: string };

export interface EngineRequest {
  version: typeof protocol;
  kubeVersion: string;
  /** APIs beside those of Kubernetes itself. */
  apiVersions: string[];
  items: EngineItem[];
}

/** One object with the file it comes from. */
export interface EngineObject {
  object: Dict;
  file: string;
  line?: number;
  hook?: Hook;
  keep: boolean;
}

/** What is wrong with an item. */
export interface EngineDiagnostic {
  code: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  file?: string;
  line?: number;
  column?: number;
  /** The value in question, for `values-schema`. */
  path?: string[];
  /** Lines of rendered output around the one that is wrong. */
  rendered?: { first: number; line: number; lines: string[] };
}

export interface EngineResult {
  id: string;
  objects: EngineObject[];
  /** Values that random template functions made. */
  generated: string[];
  diagnostics: EngineDiagnostic[];
}

/** Reads the engine's answer. Throws an Error that says what is wrong with it. */
export function readResponse(text: string, ids: readonly string[]): EngineResult[] {
  const response = asDict(parse(text));
  if (response['version'] !== protocol) throw new Error(`it speaks version ${String(response['version'])} of the protocol, expected ${protocol}`);
  const byId = new Map(asList(response['items']).map((item) => [asString(asDict(item)['id']), asDict(item)]));
  return ids.map((id) => {
    const item = byId.get(id);
    if (!item) throw new Error(`it gave no answer for ${id}`);
    return readResult(id, item);
  });
}

/** Reads one item of an answer, also one that was kept. */
export function readResult(id: string, item: Dict): EngineResult {
  return {
    id,
    objects: asList(item['objects']).map((entry) => readObject(id, asDict(entry))),
    generated: asList(item['generated']).filter((value) => typeof value === 'string'),
    diagnostics: asList(item['diagnostics']).map((entry) => readDiagnostic(asDict(entry))),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

function readObject(id: string, entry: Dict): EngineObject {
  const { object, file } = entry;
  if (!isDict(object)) throw new Error(`an object of ${id} is none`);
  const line = asNumber(entry['line']);
  const hook = isDict(entry['hook']) ? readHook(entry['hook']) : undefined;
  return { object, file: asString(file) ?? '', ...(line ? { line } : {}), ...(hook ? { hook } : {}), keep: entry['keep'] === true };
}

const events: readonly string[] = ['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'pre-rollback', 'post-rollback', 'pre-delete', 'post-delete', 'test'] satisfies HookEvent[];
const policies: readonly string[] = ['before-hook-creation', 'hook-succeeded', 'hook-failed'] satisfies Hook['deletePolicies'];

function readHook(entry: Dict): Hook {
  return {
    events: asList(entry['events']).filter((event): event is HookEvent => events.includes(String(event))),
    weight: asNumber(entry['weight']) ?? 0,
    deletePolicies: asList(entry['deletePolicies']).filter((policy): policy is Hook['deletePolicies'][number] => policies.includes(String(policy))),
  };
}

function readDiagnostic(entry: Dict): EngineDiagnostic {
  const severity = entry['severity'] === 'warning' || entry['severity'] === 'info' ? entry['severity'] : 'error';
  const out: EngineDiagnostic = { code: asString(entry['code']) ?? '', severity, message: asString(entry['message']) ?? '' };
  const [file, line, column] = [asString(entry['file']), asNumber(entry['line']), asNumber(entry['column'])];
  if (file) out.file = file;
  if (line) out.line = line;
  if (column) out.column = column;
  if (Array.isArray(entry['path'])) out.path = asList(entry['path']).map(String);
  const rendered = asDict(entry['rendered']);
  if (rendered['lines']) out.rendered = { first: asNumber(rendered['first']) ?? 1, line: asNumber(rendered['line']) ?? 1, lines: asList(rendered['lines']).map(String) };
  return out;
}
