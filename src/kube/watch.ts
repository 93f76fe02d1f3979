import { MostikError } from '../diagnostics/index.js';
import { asDict, asString, isDict, type Dict } from '../lib/read-unknown.js';
import { keyOf, refOf, type KubeObject } from '../model/index.js';
import { ApiError, isExpired, statusError } from './api-error.js';
import { roleName, serverOf, type Client, type ClientRequest } from './client.js';
import { pathOf, type Resource } from './discovery.js';
import type { Kube, WatchEvent, WatchedChange, WatchedList, WatchOptions } from './kube.js';
import { lines } from './lines.js';
import { withKind } from './objects.js';
import { backoffMs, pause } from './retry-delay.js';
import { ConnectionLost } from './wire.js';

export interface WatchParts {
  client: Client;
  list: Kube['list'];
  apiVersion: string;
  kind: string;
  options: WatchOptions;
  onEvent: (event: WatchEvent) => void;
}

/** Tells every change until the signal, then returns. Refusals other than a forgotten place are thrown. */
export async function watch(parts: WatchParts): Promise<void> {
  const { client, apiVersion, kind, options, onEvent } = parts;
  const { signal, namespace, labelSelector, fieldSelector } = options;
  let from = options.resourceVersion;
  let failures = 0;
  try {
    const resource = await client.needKind(apiVersion, kind, kind);
    while (!signal.aborted) {
      try {
        if (from === undefined) {
          const listed = await parts.list(apiVersion, kind, { namespace, labelSelector, fieldSelector, signal });
          from = listed.resourceVersion;
          onEvent({ type: 'listed', ...listed });
        }
        let silent = true;
        for await (const event of events(parts, resource, from)) {
          silent = false;
          failures = 0;
          from = event.resourceVersion ?? from;
          if (event.change) onEvent(event.change);
        }
        // A server that ends watches at once must not be asked in a tight loop.
        if (silent) await pause(backoffMs(++failures), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (isExpired(error)) from = undefined;
        else if (!isPassing(error)) throw error;
        await pause(backoffMs(++failures), signal);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface Received {
  change?: WatchEvent;
  resourceVersion?: string | undefined;
}

async function* events({ client, kind, options }: WatchParts, resource: Resource, from: string): AsyncGenerator<Received, void, undefined> {
  const request: ClientRequest = {
    method: 'GET',
    path: pathOf(resource, { namespace: options.namespace }),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: from,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      // Spread, so that the watches of many kinds do not all start anew in the same second.
      timeoutSeconds: 240 + Math.floor(Math.random() * 120),
    },
    subject: [kind, options.namespace].filter(Boolean).join('/'),
    resource: roleName(resource),
    verb: 'watch',
    repeatable: true,
    signal: options.signal,
  };
  const response = await client.stream(request);
  for await (const line of lines(response)) {
    if (line === '') continue;
    const event = asDict(JSON.parse(line));
    const object = asDict(event['object']);
    if (event['type'] === 'ERROR') throw statusError({ ...request, context: client.target.context, server: serverOf(client.target), user: client.target.userName }, object);
    yield received(asString(event['type']) ?? '', object, resource);
  }
}

const changes: Record<string, 'added' | 'modified' | 'deleted'> = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' };

function received(type: string, object: Dict, resource: Resource): Received {
  const resourceVersion = asString(asDict(object['metadata'])['resourceVersion']);
  const known = changes[type];
  return known && isDict(object) ? { resourceVersion, change: { type: known, object: withKind(object, resource) } } : { resourceVersion };
}

/** The server went away or is overloaded: a watch outlives that. */
function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof MostikError && error.diagnostics.some(({ code }) => code === 'cluster-unreachable' || code === 'request-timeout');
}

/** Keeps the objects of a kind in a map, and tells what changed, also over a list made anew. */
export function watchedList(start: (onEvent: (event: WatchEvent) => void) => Promise<void>): WatchedList {
  const objects = new Map<string, KubeObject>();
  const callbacks = new Set<(change: WatchedChange) => void>();
  let settle: { resolve(): void; reject(error: unknown): void } | undefined;
  const listed = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  const tell = (change: WatchedChange): void => {
    for (const callback of callbacks) callback(change);
  };
  const put = (object: KubeObject): void => {
    const key = keyOf(refOf(object));
    const previous = objects.get(key);
    if (previous && previous.metadata.resourceVersion === object.metadata.resourceVersion && previous.metadata.uid === object.metadata.uid) return;
    objects.set(key, object);
    tell(previous ? { type: 'modified', object, previous } : { type: 'added', object });
  };
  const drop = (key: string, last: KubeObject): void => {
    const previous = objects.get(key);
    if (objects.delete(key) && previous) tell({ type: 'deleted', object: last, previous });
  };
  const done = start((event) => {
    if (event.type === 'listed') {
      const current = new Set(event.items.map((item) => keyOf(refOf(item))));
      for (const [key, object] of objects) if (!current.has(key)) drop(key, object);
      event.items.forEach(put);
      settle?.resolve();
    } else if (event.type === 'deleted') drop(keyOf(refOf(event.object)), event.object);
    else put(event.object);
  });
  done.then(() => settle?.resolve(), (error: unknown) => settle?.reject(error));
  listed.catch(() => undefined);
  return {
    objects,
    listed,
    done,
    onChange(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}
