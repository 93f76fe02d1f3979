import { readFileSync } from 'node:fs';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { parse } from 'yaml';
import type { KubeObject } from '../src/model/index.js';

const plurals: Record<string, string> = { ConfigMap: 'configmaps', Secret: 'secrets', Service: 'services', Deployment: 'deployments' };

/** The floor: the same objects by bare server-side apply over one HTTP/2 connection, 16 in flight, nothing else. */
export async function floor(kubeconfig: string, objects: readonly KubeObject[], query = ''): Promise<number> {
  const session = open(kubeconfig);
  const bodies = objects.map((object) => ({ path: pathOf(object), body: JSON.stringify(object) }));
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let item = bodies[next++]; item; item = bodies[next++]) await send(session, `${item.path}?fieldManager=floor&force=true${query}`, item.body);
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  session.close();
  return seconds;
}

function open(kubeconfig: string): ClientHttp2Session {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: Record<string, string> }[]; users: { user: Record<string, string> }[] };
  const cluster = config.clusters[0]!.cluster;
  const user = config.users[0]!.user;
  const decode = (text: string | undefined): Buffer | undefined => (text === undefined ? undefined : Buffer.from(text, 'base64'));
  return connectHttp2(cluster['server']!, { ca: decode(cluster['certificate-authority-data']), cert: decode(user['client-certificate-data']), key: decode(user['client-key-data']) });
}

function pathOf({ apiVersion, kind, metadata }: KubeObject): string {
  const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${base}/namespaces/${metadata.namespace ?? 'default'}/${plurals[kind] ?? ''}/${metadata.name}`;
}

function send(session: ClientHttp2Session, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = session.request({ ':method': 'PATCH', ':path': path, 'content-type': 'application/apply-patch+yaml' });
    let status = 0;
    const chunks: Buffer[] = [];
    request.on('response', (headers) => { status = Number(headers[':status']); });
    request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    request.on('end', () => {
      if (status < 300) resolve();
      else reject(new Error(`${path}: ${status} ${Buffer.concat(chunks).toString().slice(0, 300)}`));
    });
    request.on('error', reject);
    request.end(body);
  });
}
