import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata'; // x509's container refuses to load without it
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
  type JsonGeneralName,
} from '@peculiar/x509';
import { metricsService } from './names.js';

/** Who a certificate speaks for and to whom. `groups` become the user's groups (O). */
interface Leaf {
  file: string;
  authority: 'ca' | 'front-proxy-ca';
  user: string;
  groups?: string[];
  usage: 'client' | 'server';
  names?: JsonGeneralName[];
}

type Pair = { publicKey: webcrypto.CryptoKey; privateKey: webcrypto.CryptoKey };

/** First address of the service network: the Service `kubernetes`. */
const kubernetesServiceIp = '10.96.0.1';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };
/** A cluster is a private thing on one machine: its certificates live as long as anyone would keep it. */
const years = 10;

const dns = (value: string): JsonGeneralName => ({ type: 'dns', value });
const ip = (value: string): JsonGeneralName => ({ type: 'ip', value });
// Controllers of the control plane are in system:masters so that they need not wait for the API server to have created
// its RBAC roles: without that they start with "forbidden" and back off for seconds.
const masters = ['system:masters'];

const leaves: Leaf[] = [
  {
    file: 'apiserver',
    authority: 'ca',
    user: 'kube-apiserver',
    usage: 'server',
    names: [
      ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'].map(dns),
      ip('127.0.0.1'),
      ip(kubernetesServiceIp),
    ],
  },
  { file: 'admin', authority: 'ca', user: 'mostik-admin', groups: masters, usage: 'client' },
  { file: 'controller-manager', authority: 'ca', user: 'system:kube-controller-manager', groups: masters, usage: 'client' },
  { file: 'scheduler', authority: 'ca', user: 'system:kube-scheduler', groups: masters, usage: 'client' },
  { file: 'kwok', authority: 'ca', user: 'mostik-simulated-nodes', groups: masters, usage: 'client' },
  { file: 'node-agent', authority: 'ca', user: 'mostik-node-agent', groups: masters, usage: 'client' },
  {
    file: 'node-agent-server',
    authority: 'ca',
    user: 'mostik-node-agent',
    usage: 'server',
    names: [dns('localhost'), dns(`${metricsService.name}.${metricsService.namespace}.svc`), ip('127.0.0.1')],
  },
  { file: 'kubelet-client', authority: 'ca', user: 'kube-apiserver-kubelet-client', usage: 'client' },
  { file: 'kube-proxy', authority: 'ca', user: 'system:kube-proxy', usage: 'client' },
  { file: 'network-agent', authority: 'ca', user: 'mostik-network-agent', groups: masters, usage: 'client' },
  { file: 'front-proxy', authority: 'front-proxy-ca', user: 'front-proxy-client', usage: 'client' },
];

/** Makes the certificates and keys of a cluster in `folder` (PEM, readable by the user alone), unless they are there. */
export async function makeCertificates(folder: string, cluster: string, realNode?: string): Promise<void> {
  const kubelet: Leaf[] = realNode === undefined ? [] : [{ file: `kubelet-${realNode}`, authority: 'ca', user: `system:node:${realNode}`, groups: ['system:nodes'], usage: 'client' }];
  // The file that is written last tells that all are there: an interrupted run starts over.
  if (existsSync(join(folder, 'complete'))) {
    // A node that became real, or a client that this version of Mostik adds.
    const missing = [...leaves, ...kubelet].filter(({ file }) => !existsSync(join(folder, `${file}.crt`)));
    for (const leaf of missing) await makeLeaf(folder, leaf, await readAuthority(folder, leaf.authority));
    return;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authorities = {
    ca: await makeAuthority(folder, 'ca', `mostik-${cluster}`),
    'front-proxy-ca': await makeAuthority(folder, 'front-proxy-ca', `mostik-${cluster}-front-proxy`),
  };
  await Promise.all([...leaves, ...kubelet].map((leaf) => makeLeaf(folder, leaf, authorities[leaf.authority])));
  makeServiceAccountKey(folder);
  writePrivate(join(folder, 'complete'), '');
}

interface Authority {
  subject: string;
  keys: Pair;
}

/** An authority that was made before. */
async function readAuthority(folder: string, file: Leaf['authority']): Promise<Authority> {
  const certificate = new X509Certificate(readFileSync(join(folder, `${file}.crt`), 'utf8'));
  const [key] = PemConverter.decode(readFileSync(join(folder, `${file}.key`), 'utf8'));
  const privateKey = await webcrypto.subtle.importKey('pkcs8', key!, algorithm, true, ['sign']);
  return { subject: certificate.subject, keys: { privateKey, publicKey: await certificate.publicKey.export() as webcrypto.CryptoKey } };
}

async function makeAuthority(folder: string, file: string, name: string): Promise<Authority> {
  const keys = await makeKeys();
  const subject = `CN=${name}`;
  const certificate = await X509CertificateGenerator.create({
    ...validity(),
    serialNumber: serial(),
    subject,
    issuer: subject,
    signingAlgorithm: signing,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
    ],
  });
  writePrivate(join(folder, `${file}.crt`), `${certificate.toString('pem')}\n`);
  await writeKey(join(folder, `${file}.key`), keys.privateKey);
  return { subject, keys };
}

async function makeLeaf(folder: string, leaf: Leaf, authority: Authority): Promise<void> {
  const keys = await makeKeys();
  const usage = leaf.usage === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth;
  const certificate = await X509CertificateGenerator.create({
    ...validity(),
    serialNumber: serial(),
    subject: [...(leaf.groups ?? []).map((group) => `O=${group}`), `CN=${leaf.user}`].join(','),
    issuer: authority.subject,
    signingAlgorithm: signing,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage]),
      ...(leaf.names ? [new SubjectAlternativeNameExtension(leaf.names)] : []),
    ],
  });
  writePrivate(join(folder, `${leaf.file}.crt`), `${certificate.toString('pem')}\n`);
  await writeKey(join(folder, `${leaf.file}.key`), keys.privateKey);
}

/** The key that signs the tokens of ServiceAccounts. */
function makeServiceAccountKey(folder: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writePrivate(join(folder, 'service-account.key'), privateKey.export({ type: 'sec1', format: 'pem' }).toString());
  writePrivate(join(folder, 'service-account.pub'), publicKey.export({ type: 'spki', format: 'pem' }).toString());
}

async function makeKeys(): Promise<Pair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function writeKey(path: string, key: webcrypto.CryptoKey): Promise<void> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key);
  writePrivate(path, `${PemConverter.encode(bytes, 'PRIVATE KEY')}\n`);
}

function validity(): { notBefore: Date; notAfter: Date } {
  // An hour back: clocks of virtual machines jump.
  const notBefore = new Date(Date.now() - 3_600_000);
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + years);
  return { notBefore, notAfter };
}

function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40; // positive and never zero, as RFC 5280 asks
  return Buffer.from(bytes).toString('hex');
}

function writePrivate(path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600 });
}
