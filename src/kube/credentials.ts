import { readFile } from 'node:fs/promises';
import { asDict, asList, asString, isDict, type Dict } from '../lib/read-unknown.js';
import { dataOrFile, type ClusterTarget } from './kubeconfig.js';
import { credentialsFailed, type Credentials, type Proof } from './proof.js';

/** Makes the credentials of a kubeconfig's user: certificate, token, token file, password, exec plugin or OIDC. */
export async function credentialsOf(target: ClusterTarget, signal?: AbortSignal): Promise<Credentials> {
  const { user } = target;
  const provider = asDict(user['auth-provider']);
  const common = await fixedProof(target);
  const token = asString(user['token']);
  // The order of client-go: a token file wins over a token, both over exec plugins.
  if (asString(user['tokenFile'])) return tokenFileCredentials(target, common);
  if (token) return fixed({ ...common, headers: { ...common.headers, authorization: `Bearer ${token}` } });
  if (isDict(user['exec'])) return (await import('./exec-credentials.js')).execCredentials({ target, common, signal });
  if (asString(provider['name']) === 'oidc') return (await import('./oidc-credentials.js')).oidcCredentials(target, common);
  if (asString(provider['name']) !== undefined) {
    throw credentialsFailed(target, `auth-provider ${asString(provider['name'])} was removed from Kubernetes`, 'use the exec plugin of your provider, as kubectl does since 1.26');
  }
  return fixed(common);
}

function fixed(proof: Proof): Credentials {
  return { current: () => proof, renew: () => false };
}

async function fixedProof(target: ClusterTarget): Promise<Proof> {
  const { user } = target;
  const proof: Proof = { headers: impersonation(user) };
  const [cert, key] = await Promise.all([dataOrFile(user, 'client-certificate', target.context), dataOrFile(user, 'client-key', target.context)]);
  if (cert !== undefined) proof.cert = cert;
  if (key !== undefined) proof.key = key;
  const name = asString(user['username']);
  if (name) proof.headers['authorization'] = `Basic ${Buffer.from(`${name}:${asString(user['password']) ?? ''}`).toString('base64')}`;
  return proof;
}

function impersonation(user: Dict): Proof['headers'] {
  const headers: Proof['headers'] = {};
  const name = asString(user['as']);
  if (!name) return headers;
  headers['impersonate-user'] = name;
  const uid = asString(user['as-uid']);
  if (uid) headers['impersonate-uid'] = uid;
  const strings = (list: unknown): string[] => asList(list).map(asString).filter((text) => text !== undefined);
  const groups = strings(user['as-groups']);
  if (groups.length > 0) headers['impersonate-group'] = groups;
  for (const [key, values] of Object.entries(asDict(user['as-user-extra']))) headers[`impersonate-extra-${encodeURIComponent(key)}`] = strings(values);
  return headers;
}

const tokenFileSeconds = 60;

/** Reads the file again after a minute: the kubelet replaces tokens of pods before they expire. */
function tokenFileCredentials(target: ClusterTarget, common: Proof): Credentials {
  const file = asString(target.user['tokenFile']) ?? '';
  let proof: Proof | undefined;
  let readAt = 0;
  return {
    async current() {
      if (proof && Date.now() - readAt < tokenFileSeconds * 1000) return proof;
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw credentialsFailed(target, `the token file ${file} cannot be read (${asString(asDict(error)['code'])})`, 'check the path and its permissions');
      });
      readAt = Date.now();
      return (proof = { ...common, headers: { ...common.headers, authorization: `Bearer ${text.trim()}` } });
    },
    renew() {
      proof = undefined;
      return true;
    },
  };
}
