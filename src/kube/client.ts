import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, isDict, type Dict } from '../lib/read-unknown.js';
import { formatRef, type ObjectRef } from '../model/index.js';
import { apiErrorOf, type Asked } from './api-error.js';
import { discover, discoveryOf, groupVersionOf, pathOf, resourcesOf, type Discovery, type Resource } from './discovery.js';
import type { ClusterTarget } from './kubeconfig.js';
import { pause } from './retry-delay.js';
import type { Transport, TransportRequest } from './transport.js';
import type { WholeResponse, WireResponse } from './wire.js';

/** A transport that knows the cluster's kinds and turns refusals into errors: what every operation stands on. */
export interface Client {
  readonly target: ClusterTarget;
  discovery(): Promise<Discovery>;
  refresh(): Promise<Discovery>;
  /** Finds a kind, asking the cluster anew when it is not known; undefined when it is not served. */
  findKind(apiVersion: string, kind: string): Promise<Resource | undefined>;
  /** The same, but a kind that is not served is an error about `subject`. */
  needKind(apiVersion: string, kind: string, subject: string): Promise<Resource>;
  waitForKind(apiVersion: string, kind: string, options: { timeoutMs: number; signal?: AbortSignal | undefined }): Promise<Resource | undefined>;
  /** Sends, and returns an answer below 400; others are thrown as ApiError. */
  call(request: ClientRequest): Promise<WholeResponse>;
  stream(request: ClientRequest): Promise<WireResponse>;
}

export interface ClientRequest extends Omit<TransportRequest, 'path'> {
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** Plural and group for messages: `deployments.apps`. */
  resource: string;
}

/** Makes the client of one transport. */
export function makeClient(target: ClusterTarget, transport: Transport): Client {
  let known: Promise<Discovery> | undefined;
  let askedAt = 0;
  const asked = (request: ClientRequest): Asked => ({
    verb: request.verb,
    subject: request.subject,
    resource: request.resource,
    context: target.context,
    server: serverOf(target),
    user: target.userName,
  });
  const call: Client['call'] = async (request) => {
    const response = await transport.request({ ...request, path: withQuery(request) });
    if (response.status >= 400) throw apiErrorOf(asked(request), response.status, response.body);
    return response;
  };
  const fetch = async (path: string, accept?: string): Promise<Dict | undefined> => {
    const response = await transport.request({ method: 'GET', path, ...(accept ? { headers: { accept } } : {}), repeatable: true, subject: `cluster ${target.context}`, verb: 'discover' });
    if (response.status === 404 || response.status === 406) return undefined;
    if (response.status >= 400) throw apiErrorOf(asked({ method: 'GET', path, repeatable: true, subject: `cluster ${target.context}`, verb: 'discover', resource: path }), response.status, response.body);
    return asDict(JSON.parse(response.body.toString('utf8')));
  };
  const discovery = (): Promise<Discovery> => {
    if (known) return known;
    askedAt = Date.now();
    const asking: Promise<Discovery> = discover(fetch).catch((error: unknown) => {
      if (known === asking) known = undefined;
      throw error;
    });
    return (known = asking);
  };
  const refresh = (): Promise<Discovery> => {
    known = undefined;
    return discovery();
  };
  /** One small request about one group version; what it tells is added to what is known. */
  const look = async (apiVersion: string, kind: string): Promise<Resource | undefined> => {
    const found = await resourcesOf(fetch, groupVersionOf(apiVersion));
    if (found.length === 0) return undefined;
    const before = await discovery();
    known = Promise.resolve(discoveryOf([...before.resources.filter((resource) => resource.apiVersion !== apiVersion), ...found]));
    return found.find((resource) => resource.kind === kind);
  };
  const findKind: Client['findKind'] = async (apiVersion, kind) => {
    const found = (await discovery()).find(apiVersion, kind);
    // Many objects of one missing kind must not ask for it each time.
    if (found || Date.now() - askedAt < 500) return found;
    askedAt = Date.now();
    return look(apiVersion, kind);
  };
  return {
    target,
    discovery,
    refresh,
    findKind,
    async needKind(apiVersion, kind, subject) {
      const found = await findKind(apiVersion, kind);
      if (found) return found;
      throw kindUnknown({ apiVersion, kind, subject, known: await discovery() });
    },
    async waitForKind(apiVersion, kind, { timeoutMs, signal }) {
      const end = Date.now() + timeoutMs;
      for (let found = (await discovery()).find(apiVersion, kind); ; found = await look(apiVersion, kind)) {
        if (found || Date.now() > end) return found;
        await pause(100, signal);
      }
    },
    call,
    async stream(request) {
      const response = await transport.stream({ ...request, path: withQuery(request) });
      if (response.status < 400) return response;
      const chunks: Buffer[] = [];
      for await (const chunk of response.body) chunks.push(chunk as Buffer);
      throw apiErrorOf(asked(request), response.status, Buffer.concat(chunks));
    },
  };
}

function withQuery({ path, query }: ClientRequest): string {
  let out = path;
  let glue = '?';
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    out += `${glue}${key}=${encodeURIComponent(String(value))}`;
    glue = '&';
  }
  return out;
}

/** The URL of the API server as messages show it. */
export function serverOf(target: ClusterTarget): string {
  return target.server.href.replace(/\/$/, '');
}

/** Plural and group, as in a role. */
export function roleName(resource: Resource): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}

/** Where an object lives and how messages name it. */
export function locate(resource: Resource, ref: ObjectRef, subresource?: string): { path: string; subject: string; resource: string } {
  return { path: pathOf(resource, { namespace: ref.namespace, name: ref.name, subresource }), subject: formatRef(ref), resource: roleName(resource) };
}

function kindUnknown({ apiVersion, kind, subject, known }: { apiVersion: string; kind: string; subject: string; known: Discovery }): MostikError {
  const others = known.resources.filter((resource) => resource.kind === kind).map((resource) => resource.apiVersion);
  const hint = others.length > 0 ? `it serves ${kind} of ${others.join(', ')}` : 'install the operator or CustomResourceDefinition that brings this kind';
  return new MostikError([diagnose('kind-unknown', { subject, kind, apiVersion, hint })]);
}

/** Parses an answer that must be a map. */
export function jsonOf(response: WholeResponse): Dict {
  const parsed: unknown = JSON.parse(response.body.toString('utf8'));
  return isDict(parsed) ? parsed : {};
}
