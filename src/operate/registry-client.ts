import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, asList, asNumber, asString } from '../lib/read-unknown.js';

/** A registry that speaks version 2 of the protocol without TLS. */
export interface RegistryClient {
  /** The digest of what a tag names; undefined where there is none. */
  digest(repository: string, tag: string): Promise<string | undefined>;
  /** Gives what a tag names another tag too. */
  retag(repository: string, from: string, to: string): Promise<void>;
  /** Everything in it, by name, then by tag. */
  list(): Promise<RegistryImage[]>;
}

/** One tag of a registry. */
export interface RegistryImage {
  repository: string;
  tag: string;
  digest: string;
  /** Bytes of its layers, compressed; undefined for an index of several platforms. */
  size?: number;
}

const manifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** Asks the registry at an address such as `127.0.0.1:5050`; `name` is for messages. */
export function openRegistry(address: string, { name, signal }: { name: string; signal: AbortSignal }): RegistryClient {
  const send = async (method: string, path: string, more: { body?: Buffer; type?: string } = {}): Promise<Answer> => {
    const headers = { accept: manifests.join(', '), ...(more.type === undefined ? {} : { 'content-type': more.type }) };
    try {
      const answer = await fetch(new URL(path, `http://${address}`), { method, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]), ...(more.body ? { body: new Uint8Array(more.body) } : {}) });
      return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
    } catch (error) {
      signal.throwIfAborted();
      throw new MostikError([diagnose('registry-answer', { registry: name, request: `${method} ${path}`, status: 'nothing', reason: reasonOf(error) })]);
    }
  };
  const expectOk = async (method: string, path: string, more?: { body?: Buffer; type?: string }): Promise<Answer> => {
    const answer = await send(method, path, more);
    if (answer.status >= 300) throw refused(name, `${method} ${path}`, answer);
    return answer;
  };
  const digest = async (repository: string, tag: string): Promise<string | undefined> => {
    const path = `/v2/${repository}/manifests/${tag}`;
    const answer = await send('HEAD', path);
    if (answer.status === 404) return undefined;
    if (answer.status >= 300) throw refused(name, `HEAD ${path}`, answer);
    return answer.headers.get('docker-content-digest') ?? undefined;
  };
  const pages = async (path: string, field: string): Promise<string[]> => {
    const found: string[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const answer: Answer = await send('GET', next);
      // A repository whose last tag was deleted is in the catalog still.
      if (answer.status === 404) return found;
      if (answer.status >= 300) throw refused(name, `GET ${next}`, answer);
      found.push(...asList(jsonOf(answer)[field]).flatMap((one) => asString(one) ?? []));
      next = /<([^>]+)>\s*;\s*rel="?next/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    return found;
  };
  const describe = async (repository: string, tag: string): Promise<RegistryImage[]> => {
    const answer = await send('GET', `/v2/${repository}/manifests/${tag}`);
    const digest = answer.headers.get('docker-content-digest');
    if (answer.status >= 300 || digest === null) return [];
    const layers = jsonOf(answer)['layers'];
    const size = asList(layers).reduce<number>((sum, layer) => sum + (asNumber(asDict(layer)['size']) ?? 0), 0);
    return [{ repository, tag, digest, ...(layers === undefined ? {} : { size }) }];
  };
  return {
    digest,
    retag: async (repository, from, to) => {
      const { body, headers } = await expectOk('GET', `/v2/${repository}/manifests/${from}`);
      await expectOk('PUT', `/v2/${repository}/manifests/${to}`, { body, type: headers.get('content-type') ?? manifests[3]! });
    },
    list: async () => {
      const repositories = (await pages('/v2/_catalog?n=500', 'repositories')).sort();
      const all = await Promise.all(repositories.map(async (repository) => {
        const tags = (await pages(`/v2/${repository}/tags/list?n=500`, 'tags')).sort();
        return (await Promise.all(tags.map((tag) => describe(repository, tag)))).flat();
      }));
      return all.flat();
    },
  };
}

function jsonOf({ body }: Answer): Record<string, unknown> {
  try {
    return asDict(JSON.parse(body.toString('utf8')));
  } catch {
    return {};
  }
}

function refused(registry: string, request: string, answer: Answer): MostikError {
  const reason = asString(asDict(asList(jsonOf(answer)['errors'])[0])['message']) ?? answer.body.toString('utf8').slice(0, 200);
  return new MostikError([diagnose('registry-answer', { registry, request, status: answer.status, reason })]);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
