import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer, WebClient } from './web-client.js';

/** A realm as OpenID Connect discovers it, and a client of it that has no secret. */
export interface Realm {
  web: WebClient;
  client: string;
  issuer: string;
  authorization: string;
  token: string;
}

/** Discovers a realm by its issuer. */
export async function discover(web: WebClient, issuer: string, client: string): Promise<Realm> {
  const { status, json } = await web(`${issuer}/.well-known/openid-configuration`);
  expect(status).toBe(200);
  return { web, client, issuer: String(json['issuer']), authorization: String(json['authorization_endpoint']), token: String(json['token_endpoint']) };
}

/** Asks for a token with a name and a password, as a command line does. */
export function directGrant({ web, client, token }: Realm, username: string, password: string): Promise<Answer> {
  return post(web, token, { grant_type: 'password', client_id: client, scope: 'openid', username, password });
}

/** Signs in through the page, as a browser does: authorization code with PKCE. Returns the answer of the token endpoint. */
export async function signIn({ web, client, authorization, token }: Realm, user: { username: string; password: string; redirect: string }): Promise<Answer> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({ client_id: client, response_type: 'code', scope: 'openid', redirect_uri: user.redirect, state: 'mine', code_challenge: challenge, code_challenge_method: 'S256' });
  const page = await web(`${authorization}?${query.toString()}`);
  expect(page.status).toBe(200);
  const action = /<form[^>]*id="kc-form-login"[^>]*action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
  if (action === undefined) throw new Error(`the page has no form to sign in with: ${page.text.slice(0, 500)}`);
  const cookie = [page.headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]).join('; ');
  const sent = await post(web, action, { username: user.username, password: user.password }, { cookie });
  expect(sent.status, sent.text.slice(0, 500)).toBe(302);
  const back = new URL(String(sent.headers['location']));
  expect(`${back.origin}${back.pathname}`).toBe(user.redirect);
  expect(back.searchParams.get('state')).toBe('mine');
  return post(web, token, { grant_type: 'authorization_code', client_id: client, redirect_uri: user.redirect, code: back.searchParams.get('code') ?? '', code_verifier: verifier });
}

/** What a token says; its signature is checked by whoever takes it. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}

function post(web: WebClient, url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
  return web(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(form).toString() });
}
