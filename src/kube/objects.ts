import { asDict, asList, asString, isDict, type Dict } from '../lib/read-unknown.js';
import { fieldManager, formatRef, refOf, type KubeObject, type ObjectRef } from '../model/index.js';
import { isExpired, isNotFound } from './api-error.js';
import { jsonOf, locate, roleName, type Client } from './client.js';
import { pathOf } from './discovery.js';
import type { Kube, ListOptions, WriteOptions } from './kube.js';

const metadataOnly = { item: 'PartialObjectMetadata', list: 'PartialObjectMetadataList' };
const acceptAs = (kind: string): Record<string, string> => ({ accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` });

/** Reads and writes of objects. */
export function objectCalls(client: Client): Pick<Kube, 'list' | 'get' | 'apply' | 'create' | 'replace' | 'patch' | 'delete'> {
  return {
    list: (apiVersion, kind, options = {}) => list(client, { apiVersion, kind }, options),

    async get(ref, options = {}) {
      const resource = await client.findKind(ref.apiVersion, ref.kind);
      if (!resource) return undefined;
      const headers = options.metadataOnly ? acceptAs(metadataOnly.item) : {};
      try {
        const response = await client.call({ method: 'GET', ...locate(resource, ref), headers, verb: 'get', repeatable: true, signal: options.signal });
        return withKind(jsonOf(response), ref);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },

    async apply(object, options = {}) {
      const body = options.uid !== undefined ? { ...object, metadata: { ...object.metadata, uid: options.uid } } : object;
      // The same apply twice gives the same object, so it may be sent again after a cut.
      const parts = { method: 'PATCH', verb: 'apply', type: 'application/apply-patch+yaml', repeatable: true } as const;
      return write(client, { ...parts, ref: refOf(object), body, query: { force: options.force === true ? true : undefined } }, options);
    },

    create: (object, options = {}) =>
      write(client, { method: 'POST', verb: 'create', type: 'application/json', repeatable: false, ref: refOf(object), body: object }, options),

    replace: (object, options = {}) =>
      write(client, { method: 'PUT', verb: 'replace', type: 'application/json', repeatable: false, ref: refOf(object), body: object }, options),

    patch: (ref, patch, options = {}) =>
      patch.type === 'json'
        ? write(client, { method: 'PATCH', verb: 'patch', type: 'application/json-patch+json', repeatable: false, ref, body: patch.operations }, options)
        : write(client, { method: 'PATCH', verb: 'patch', type: 'application/merge-patch+json', repeatable: false, ref, body: patch.body }, options),

    delete: (ref, options = {}) => remove(client, ref, options),
  };
}

async function list(client: Client, { apiVersion, kind }: { apiVersion: string; kind: string }, options: ListOptions): ReturnType<Kube['list']> {
  const subject = [kind, options.namespace].filter(Boolean).join('/');
  const resource = await client.needKind(apiVersion, kind, subject);
  const headers = options.metadataOnly ? acceptAs(metadataOnly.list) : {};
  const request = { method: 'GET', path: pathOf(resource, { namespace: options.namespace }), headers, subject, resource: roleName(resource), verb: 'list', repeatable: true, signal: options.signal } as const;
  const { labelSelector, fieldSelector } = options;
  const pages = async (limit: number | undefined): ReturnType<Kube['list']> => {
    const items: KubeObject[] = [];
    for (let next: string | undefined; ; ) {
      const page = jsonOf(await client.call({ ...request, query: { labelSelector, fieldSelector, limit, continue: next } }));
      for (const item of asList(page['items'])) if (isDict(item)) items.push(withKind(item, { apiVersion, kind }));
      const metadata = asDict(page['metadata']);
      next = asString(metadata['continue']) || undefined;
      if (next === undefined) return { items, resourceVersion: asString(metadata['resourceVersion']) ?? '' };
    }
  };
  try {
    return await pages(options.pageSize ?? 500);
  } catch (error) {
    // All pages show one moment; when the server has forgotten it meanwhile, only a list in one piece is sure to end.
    if (isExpired(error)) return pages(undefined);
    throw error;
  }
}

interface Write {
  method: 'POST' | 'PUT' | 'PATCH';
  verb: string;
  type: string;
  ref: ObjectRef;
  body: unknown;
  repeatable: boolean;
  query?: Record<string, boolean | undefined>;
}

async function write(client: Client, { method, verb, type, ref, body, repeatable, query }: Write, options: WriteOptions): Promise<KubeObject> {
  const resource = await client.needKind(ref.apiVersion, ref.kind, formatRef(ref));
  const at = locate(resource, ref, options.subresource);
  const path = method === 'POST' && options.subresource === undefined ? pathOf(resource, { namespace: ref.namespace }) : at.path;
  const response = await client.call({
    ...at,
    path,
    method,
    verb: options.dryRun === true ? `${verb} (dry run)` : verb,
    query: { fieldManager: options.fieldManager ?? fieldManager, fieldValidation: 'Strict', dryRun: options.dryRun === true ? 'All' : undefined, ...query },
    headers: { 'content-type': type },
    body: () => JSON.stringify(body),
    // A dry run changes nothing, so it is repeatable whatever it tries.
    repeatable: repeatable || options.dryRun === true,
    signal: options.signal,
  });
  if (options.onWarning) for (const warning of warningsOf(response.headers['warning'])) options.onWarning(warning);
  return withKind(jsonOf(response), ref);
}

async function remove(client: Client, ref: ObjectRef, options: Parameters<Kube['delete']>[1] = {}): Promise<KubeObject | undefined> {
  const { uid, resourceVersion, gracePeriodSeconds, dryRun } = options;
  const resource = await client.findKind(ref.apiVersion, ref.kind);
  if (!resource) return undefined;
  const preconditions = { ...(uid !== undefined ? { uid } : {}), ...(resourceVersion !== undefined ? { resourceVersion } : {}) };
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: options.propagationPolicy ?? 'Background',
    ...(Object.keys(preconditions).length > 0 ? { preconditions } : {}),
    ...(gracePeriodSeconds !== undefined ? { gracePeriodSeconds } : {}),
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
  };
  try {
    // With a uid a second delete cannot hit a successor of the same name.
    const repeatable = uid !== undefined || dryRun === true;
    const call = { method: 'DELETE', verb: 'delete', headers: { 'content-type': 'application/json' }, body: () => JSON.stringify(body), repeatable, signal: options.signal } as const;
    const answer = jsonOf(await client.call({ ...locate(resource, ref), ...call }));
    return answer['kind'] === 'Status' ? { ...ref, metadata: metaOf(ref, uid) } : withKind(answer, ref);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Some kinds answer a delete with a Status; then the name is all there is to return. */
function metaOf(ref: ObjectRef, uid: string | undefined): KubeObject['metadata'] {
  return { name: ref.name, ...(ref.namespace !== undefined ? { namespace: ref.namespace } : {}), ...(uid !== undefined ? { uid } : {}) };
}

/** Fills in what lists leave out, and what partial answers call otherwise. */
export function withKind(object: Dict, { apiVersion, kind }: { apiVersion: string; kind: string }): KubeObject {
  const metadata = object['metadata'] as KubeObject['metadata'];
  return Object.assign({ apiVersion, kind, metadata }, object, { apiVersion, kind });
}

/** The texts of `Warning: 299 - "..."` headers. */
export function warningsOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '');
  return [...text.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}
