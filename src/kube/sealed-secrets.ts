import { X509Certificate } from 'node:crypto';
import { MostikError } from '../diagnostics/index.js';
import { asStrings } from '../lib/read-unknown.js';
import { formatRef, refOf, type ObjectRef } from '../model/index.js';
import { isForbidden } from './api-error.js';
import type { Kube } from './kube.js';

/** Label of the Secrets in which a Sealed Secrets controller keeps its keys. */
export const sealingKeyLabel = 'sealedsecrets.bitnami.com/sealed-secrets-key';

/** Where the controller is: its namespace and the name of its Service. */
export interface ControllerPlace {
  namespace: string;
  name: string;
}

/** A key pair of a controller, PEM. */
export interface ControllerKey {
  /** `Secret/kube-system/sealed-secrets-key7x2lq`. */
  name: string;
  certificate: string;
  key: string;
}

/** Reads the key pairs of the controllers of a cluster; `problem` says in words why they cannot be read. */
export async function controllerKeys(kube: Kube, options: { namespace?: string | undefined; signal?: AbortSignal | undefined } = {}): Promise<{ secrets: ControllerKey[]; problem?: string }> {
  try {
    const { items } = await kube.list('v1', 'Secret', { labelSelector: `${sealingKeyLabel}=active`, namespace: options.namespace, signal: options.signal });
    const secrets = items.flatMap((secret): ControllerKey[] => {
      const { 'tls.crt': certificate, 'tls.key': key } = asStrings(secret['data']);
      if (certificate === undefined || key === undefined) return [];
      return [{ name: formatRef(refOf(secret)), certificate: plain(certificate), key: plain(key) }];
    });
    return { secrets };
  } catch (error) {
    if (isForbidden(error)) return { secrets: [], problem: 'you may not read the keys of its controller' };
    throw error;
  }
}

/**
 * Reads the certificate that a controller seals with today: through its Service, as kubeseal does, which everybody who may
 * use the Service can; else from the newest of its Secrets. `problem` says in words why there is none.
 */
export async function controllerCertificate(kube: Kube, place: ControllerPlace, signal?: AbortSignal): Promise<{ certificate: string; from: string } | { problem: string }> {
  const service: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: place.namespace, name: place.name };
  let problem = '';
  try {
    const certificate = await kube.readService(service, '/v1/cert.pem', { signal });
    if (certificate !== undefined) return { certificate, from: formatRef(service) };
  } catch (error) {
    if (!(error instanceof MostikError)) throw error;
    signal?.throwIfAborted();
    problem = error.diagnostics[0]?.message ?? '';
  }
  const found = await controllerKeys(kube, { signal });
  const newest = found.secrets.sort((a, b) => validFrom(b) - validFrom(a))[0];
  if (newest) return { certificate: newest.certificate, from: newest.name };
  return { problem: [problem, found.problem].filter(Boolean).join('; ') };
}

function plain(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** The controller seals with the key that is valid since last. */
function validFrom({ certificate }: ControllerKey): number {
  try {
    return Date.parse(new X509Certificate(certificate).validFrom);
  } catch {
    return 0;
  }
}
