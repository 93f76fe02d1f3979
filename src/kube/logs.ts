import type { ObjectRef } from '../model/index.js';
import { locate, type Client } from './client.js';
import type { LogOptions } from './kube.js';
import { lines } from './lines.js';

/** Reads the log of one container, line by line. */
export async function* logs(client: Client, pod: ObjectRef, options: LogOptions): AsyncGenerator<string, void, undefined> {
  const resource = await client.needKind('v1', 'Pod', 'Pod');
  const response = await client.stream({
    method: 'GET',
    ...locate(resource, pod, 'log'),
    headers: { accept: 'text/plain, */*' },
    query: {
      container: options.container,
      tailLines: options.tailLines,
      sinceSeconds: options.sinceSeconds,
      sinceTime: options.sinceTime,
      follow: options.follow,
      previous: options.previous,
      timestamps: options.timestamps,
    },
    verb: 'logs',
    repeatable: true,
    signal: options.signal,
  });
  yield* lines(response);
}
