import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef } from '../model/index.js';
import { locate, type Client } from './client.js';
import type { Kube } from './kube.js';

/** Reads from a Service through the API server, which stands before it as a proxy; its first port is asked. */
export function serviceCalls(client: Client, get: Kube['get']): Pick<Kube, 'readService'> {
  return {
    async readService(service, path, { signal } = {}) {
      const found = await get(service, { signal });
      if (!found) return undefined;
      const resource = await client.needKind('v1', 'Service', formatRef(service));
      const port = asDict(asList(valueAt(found, 'spec', 'ports'))[0]);
      const name = `http:${service.name}:${asString(port['name']) ?? asNumber(port['port']) ?? ''}`;
      const at = locate(resource, { ...service, name }, 'proxy');
      const request = { method: 'GET', path: `${at.path}${path}`, headers: { accept: '*/*' }, subject: formatRef(service), resource: 'services/proxy', verb: 'read', repeatable: true, timeoutMs: 15_000, signal } as const;
      return (await client.call(request)).body.toString('utf8');
    },
  };
}
