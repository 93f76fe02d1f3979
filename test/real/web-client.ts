import { request } from 'node:http';
import { asDict } from '../../src/lib/read-unknown.js';

/** What a server answered. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The body as an object; empty when it is not JSON. */
  json: Record<string, unknown>;
}

export interface Sending {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends requests for any host name to one address, as a browser does whose name server points there, each on a connection of its own. */
export type WebClient = (url: string, sending?: Sending) => Promise<Answer>;

/** Makes a client that finds every host at `address`; ports are those of the URLs. */
export function webClient(address: string): WebClient {
  return (url, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const { host, port, pathname, search } = new URL(url);
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const sent = request({ host: address, port: port === '' ? 80 : Number(port), method, path: pathname + search, headers: { host, ...length, ...headers }, timeout: 20_000, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('error', reject);
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = answer.headers['content-type']?.includes('json') === true && text !== '';
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: isJson ? asDict(JSON.parse(text)) : {} });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${url} did not answer in 20 s`)));
      sent.on('error', reject);
      sent.end(body);
    });
}
