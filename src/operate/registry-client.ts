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
export function openRegistry(address: string, options: { name: string; signal: AbortSignal }): RegistryClient {
  const registry: Connection = { address, ...options };
  return {
    digest: async (repository, tag) => {
      const { status, headers } = await expectAnswer(registry, { method: 'HEAD', path: `/v2/${repository}/manifests/${tag}` }, [404]);
      return status === 404 ? undefined : (headers.get('docker-content-digest') ?? undefined);
    },
    retag: async (repository, from, to) => {
      const { body, headers } = await expectAnswer(registry, { method: 'GET', path: `/v2/${repository}/manifests/${from}` });
      await expectAnswer(registry, { method: 'PUT', path: `/v2/${repository}/manifests/${to}`, body, type: headers.get('content-type') ?? manifests[3] });
    },
    list: async () => {
      const repositories = (await pages(registry, '/v2/_catalog?n=500', 'repositories')).sort();
      const all = await Promise.all(repositories.map(async (repository) => {
        const tags = (await pages(registry, `/v2/${repository}/tags/list?n=500`, 'tags')).sort();
        return (await Promise.all(tags.map((tag) => describe(registry, repository, tag)))).flat();
      }));
      return all.flat();
    },
  };
}

interface Connection {
  address: string;
  name: string;
  signal: AbortSignal;
}

interface Request {
  method: 'GET' | 'HEAD' | 'PUT';
  path: string;
  body?: Buffer;
  type?: string | undefined;
}

/** Sends a request; an answer that is an error is a Diagnostic, unless its status is awaited. */
async function expectAnswer({ address, name, signal }: Connection, { method, path, body, type }: Request, awaited: readonly number[] = []): Promise<Answer> {
  const headers = { accept: manifests.join(', '), ...(type === undefined ? {} : { 'content-type': type }) };
  let answer: Answer;
  try {
    const got = await fetch(new URL(path, `http://${address}`), { method, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]), ...(body ? { body: new Uint8Array(body) } : {}) });
    answer = { status: got.status, headers: got.headers, body: Buffer.from(await got.arrayBuffer()) };
  } catch (error) {
    signal.throwIfAborted();
    throw new MostikError([diagnose('registry-answer', { registry: name, request: `${method} ${path}`, status: 'nothing', reason: reasonOf(error) })]);
  }
  if (answer.status >= 300 && !awaited.includes(answer.status)) throw refused(name, `${method} ${path}`, answer);
  return answer;
}

/** A list that comes in pages. A repository whose last tag was deleted is in the catalog still, and has none. */
async function pages(registry: Connection, path: string, field: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: Answer = await expectAnswer(registry, { method: 'GET', path: next }, [404]);
    if (answer.status === 404) return found;
    found.push(...asList(jsonOf(answer)[field]).flatMap((one) => asString(one) ?? []));
    next = /<([^>]+)>\s*;\s*rel="?next/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return found;
}

async function describe(registry: Connection, repository: string, tag: string): Promise<RegistryImage[]> {
  const answer = await expectAnswer(registry, { method: 'GET', path: `/v2/${repository}/manifests/${tag}` }, [404]);
  const digest = answer.headers.get('docker-content-digest');
  if (answer.status === 404 || digest === null) return [];
  const layers = jsonOf(answer)['layers'];
  const size = asList(layers).reduce<number>((sum, layer) => sum + (asNumber(asDict(layer)['size']) ?? 0), 0);
  return [{ repository, tag, digest, ...(layers === undefined ? {} : { size }) }];
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
