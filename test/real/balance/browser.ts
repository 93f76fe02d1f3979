import { webcrypto } from 'node:crypto';
import { request as plain, type IncomingHttpHeaders } from 'node:http';
import { Agent, request as secure } from 'node:https';
import 'reflect-metadata'; // x509's container refuses to load without it
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };

/** An authority of the test's own, and a certificate for a host that it has signed; all PEM. */
export async function makeCertificate(host: string): Promise<{ authority: string; certificate: string; key: string }> {
  const keys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const [root, leaf] = await Promise.all([keys(), keys()]);
  const dates = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
  const authority = await X509CertificateGenerator.createSelfSigned(
    { name: 'CN=Balance+ test authority', keys: root, signingAlgorithm: signing, ...dates, extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)] },
    webcrypto,
  );
  const certificate = await X509CertificateGenerator.create(
    { subject: `CN=${host}`, issuer: authority.subject, publicKey: leaf.publicKey, signingKey: root.privateKey, signingAlgorithm: signing, ...dates, extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])] },
    webcrypto,
  );
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', leaf.privateKey), 'PRIVATE KEY');
  return { authority: authority.toString('pem'), certificate: certificate.toString('pem'), key };
}

/** What came back. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Asks as a browser does that trusts one authority and finds every name at one address. */
export interface Browser {
  ask(url: string, options?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Answer>;
  close(): void;
}

/** Certificates and names are verified by Node's own rules; a failure rejects. */
export function makeBrowser(address: string, authority?: string): Browser {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ...(authority === undefined ? {} : { ca: authority }) });
  return {
    ask: (url, { method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const { protocol, hostname, host, pathname, search } = new URL(url);
        const options = { host: address, path: pathname + search, method, headers: { ...headers, host }, timeout: 10_000 };
        const sent = protocol === 'https:' ? secure({ ...options, agent, servername: hostname }) : plain(options);
        sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`${url} does not answer`)));
        sent.on('response', (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('error', reject);
          response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, text }); });
        });
        sent.end(body);
      }),
    close: () => { agent.destroy(); },
  };
}

/** As much of `fetch` as the pages of Balance+ use. */
export type Fetch = (path: string, options?: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<{ status: number; ok: boolean; json(): unknown }>;

/** `fetch` for a page that came from `origin`. */
export function fetchFrom(browser: Browser, origin: string): Fetch {
  return async (path, options = {}) => {
    const { status, text } = await browser.ask(new URL(path, origin).href, options);
    return { status, ok: status >= 200 && status < 300, json: () => JSON.parse(text) as unknown };
  };
}
