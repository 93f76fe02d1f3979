import { request } from 'node:http';
import type { Socket } from 'node:net';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { ClusterTarget } from './kubeconfig.js';

/** Opens a connection to the API server through the HTTP proxy of `proxy-url` (CONNECT). */
export function openTunnel(target: ClusterTarget, stop: AbortSignal): Promise<Socket> {
  const shown = (target.proxyUrl ?? '').replace(/\/\/[^@/]*@/, '//');
  const refuse = (problem: string): MostikError => new MostikError([diagnose('proxy-unsupported', { context: target.context, proxy: shown, problem })]);
  if (!URL.canParse(target.proxyUrl ?? '')) throw refuse('it is not a URL');
  const proxy = new URL(target.proxyUrl ?? '');
  if (proxy.protocol !== 'http:') throw refuse(`${proxy.protocol.replace(':', '')} proxies are not spoken`);
  const authority = `${target.server.hostname}:${target.server.port || 443}`;
  const login = proxy.username !== '' ? Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64') : undefined;
  return new Promise((resolve, reject) => {
    const call = request({
      host: proxy.hostname,
      port: proxy.port || 80,
      method: 'CONNECT',
      path: authority,
      signal: stop,
      headers: { host: authority, ...(login !== undefined ? { 'proxy-authorization': `Basic ${login}` } : {}) },
    });
    call.on('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refuse(`it answered ${response.statusCode} to CONNECT ${authority}`));
    });
    call.on('response', (response) => reject(refuse(`it answered ${response.statusCode} to CONNECT ${authority}`)));
    call.on('error', reject);
    call.end();
  });
}
