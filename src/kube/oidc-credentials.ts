import { request } from 'node:https';
import { asDict, asNumber, asString, type Dict } from '../lib/read-unknown.js';
import { dataOrFile, type ClusterTarget } from './kubeconfig.js';
import { credentialsFailed, type Credentials, type Proof } from './proof.js';

const signInAgain = 'sign in again with the tool that wrote this kubeconfig';

/** Credentials of auth-provider `oidc`: the id-token, refreshed at the issuer when it has expired. The kubeconfig is not rewritten. */
export function oidcCredentials(target: ClusterTarget, common: Proof): Credentials {
  const config = asDict(asDict(target.user['auth-provider'])['config']);
  let idToken = asString(config['id-token']);
  let refreshToken = asString(config['refresh-token']);
  let running: Promise<void> | undefined;
  const refresh = async (): Promise<void> => {
    if (!refreshToken) throw credentialsFailed(target, 'the OIDC id-token has expired and there is no refresh-token', signInAgain);
    const fresh = await refreshGrant(target, config, refreshToken);
    idToken = fresh.idToken;
    refreshToken = fresh.refreshToken ?? refreshToken;
  };
  return {
    async current() {
      if (idToken === undefined || expiryOf(idToken) < Date.now() + 10_000) await (running ??= refresh().finally(() => (running = undefined)));
      return { ...common, headers: { ...common.headers, authorization: `Bearer ${idToken}` } };
    },
    renew() {
      if (!refreshToken) return false;
      idToken = undefined;
      return true;
    },
  };
}

/** When a JWT expires, in ms; Infinity when it does not say. */
export function expiryOf(jwt: string): number {
  try {
    const claims = asDict(JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')));
    return (asNumber(claims['exp']) ?? Infinity) * 1000;
  } catch {
    return Infinity;
  }
}

async function refreshGrant(target: ClusterTarget, config: Dict, refreshToken: string): Promise<{ idToken: string; refreshToken?: string }> {
  const issuer = (asString(config['idp-issuer-url']) ?? '').replace(/\/$/, '');
  if (!issuer.startsWith('https://')) throw credentialsFailed(target, `idp-issuer-url "${issuer}" is not an https URL`, signInAgain);
  const ca = await dataOrFile(config, 'idp-certificate-authority', target.context);
  const options = ca !== undefined ? { ca } : {};
  try {
    const discovered = await ask(`${issuer}/.well-known/openid-configuration`, options);
    const endpoint = asString(discovered['token_endpoint']) ?? '';
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: asString(config['client-id']) ?? '',
      ...(asString(config['client-secret']) ? { client_secret: asString(config['client-secret']) ?? '' } : {}),
    });
    const answer = await ask(endpoint, { ...options, form: form.toString() });
    const idToken = asString(answer['id_token']);
    if (idToken === undefined) throw new Error('its answer has no id_token');
    const next = asString(answer['refresh_token']);
    return { idToken, ...(next !== undefined ? { refreshToken: next } : {}) };
  } catch (error) {
    throw credentialsFailed(target, `${issuer} did not refresh the token: ${error instanceof Error ? error.message : String(error)}`, signInAgain);
  }
}

function ask(url: string, { ca, form }: { ca?: string; form?: string }): Promise<Dict> {
  return new Promise((resolve, reject) => {
    const headers = form !== undefined ? { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' } : { accept: 'application/json' };
    const call = request(url, { method: form !== undefined ? 'POST' : 'GET', headers, timeout: 10_000, ...(ca !== undefined ? { ca } : {}) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => {
        // The body of a refusal may repeat the token, so only its status and error word are shown.
        if (response.statusCode !== 200) return reject(new Error(`HTTP ${response.statusCode} ${errorWord(text)}`.trim()));
        try {
          resolve(asDict(JSON.parse(text)));
        } catch {
          reject(new Error('its answer is not JSON'));
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
    call.on('error', reject);
    call.end(form);
  });
}

function errorWord(text: string): string {
  try {
    return asString(asDict(JSON.parse(text))['error']) ?? '';
  } catch {
    return '';
  }
}
