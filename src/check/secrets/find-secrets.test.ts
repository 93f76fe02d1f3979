import { describe, expect, test } from 'vitest';
import { findSecrets, isSecretKey } from './find-secrets.js';

const found = (text: string, path = 'values.yaml') => findSecrets(path, text).map(({ line, what, masked }) => `${line} ${what} ${masked}`);
// Put together here, so that no scanner takes the parts for real ones.
const of = (...parts: string[]) => parts.join('');
const letters = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0';

describe('tokens of well-known forms are found wherever they stand', () => {
  test.each([
    ['a GitHub token', of('ghp', '_', letters.slice(0, 36))],
    ['a GitLab token', of('glpat', '-', letters.slice(0, 20))],
    ['an AWS access key id', of('AKIA', 'J3Q7ZK2LM9PX4RTV')],
    ['a Slack token', of('xoxb', '-', '2837461928-', letters.slice(0, 24))],
    ['a Google API key', of('AIza', letters.slice(0, 35))],
    ['an npm token', of('npm', '_', letters.slice(0, 36))],
    ['a Stripe key', of('sk', '_live_', letters.slice(0, 24))],
    ['an API key', of('sk', '-proj-', letters)],
    ['a Vault token', of('hvs', '.', letters.slice(0, 28))],
    ['a JSON Web Token', of('eyJ', 'hbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiIxMjM0In0', '.', letters)],
  ])('%s', (what, token) => {
    expect(found(`see ${token} here`, 'readme.md')).toEqual([`1 ${what} ${token.slice(0, 3)}***`]);
    expect(findSecrets('a.yaml', `x: ${token}`)[0]?.masked).not.toContain(token.slice(0, 6));
  });
  test('but not those that documents draw', () => {
    expect(found(`${of('AKIA', 'IOSFODNN7EXAMPLE')} ${of('ghp', '_', 'x'.repeat(36))}`)).toEqual([]);
  });
});

describe('private keys', () => {
  const key = (body: string) => of('-----BEGIN RSA PRI', 'VATE KEY-----\n', body, '\n-----END RSA PRI', 'VATE KEY-----');
  test('are found with their letters, in a block or on one line', () => {
    expect(found(`tls:\n  ${key(letters + letters)}`)).toEqual(['2 a private key a1B***']);
    expect(found(key(`\\n${letters + letters}\\n`).replaceAll('\n', ''), 'a.json')).toHaveLength(1);
  });
  test('are none in a page that only shows their form, nor is a certificate', () => {
    expect(found(key('...'), 'readme.md')).toEqual([]);
    expect(found(`-----BEGIN CERTIFICATE-----\n${letters + letters}\n-----END CERTIFICATE-----`)).toEqual([]);
  });
});

describe('Secrets of Kubernetes', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const manifest = (data: string, more = '') => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n${more}data:\n${data}`;
  test('with values in base64 or plain are found once each, with their keys', () => {
    expect(found(manifest(`  password: ${encoded('postgres')}\n  token: ${encoded('x9')}`))).toEqual(['6 a Secret with the values of password, token cG9***']);
    expect(found(manifest(`  pin: ${encoded('1')}\n  token: ${encoded('long enough to be masked')}`))[0]).toMatch(/ \*\*\*$/);
    expect(found('kind: Secret\nstringData:\n  pin: "7731"\napiVersion: v1\n')).toEqual(['3 a Secret with the value of pin ***']);
    expect(found(`a: 1\n---\n${manifest(`  k: ${encoded('vv')}`)}\n---\n${manifest(`  k: ${encoded('ww')}`)}`)).toHaveLength(2);
    expect(found(`{\n  "kind": "Secret",\n  "data": {\n    "k": "${encoded('vv')}"\n  }\n}`, 'a.json')).toHaveLength(1);
    expect(found(`apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    data:\n      k: ${encoded('vv')}\n  - kind: ConfigMap\n    data:\n      k: v\n`)).toEqual(['7 a Secret with the value of k ***']);
    expect(found(`kind: Secret\ndata: { password: ${encoded('hunter')} }`)).toHaveLength(1);
  });
  test('that a template fills, that are sealed or encrypted, or hold nothing secret are none', () => {
    expect(found(manifest('  password: {{ .Values.password | b64enc }}\n  other: "${TOKEN}"'))).toEqual([]);
    expect(found(manifest('  password: ""\n  token: CHANGE_ME'))).toEqual([]);
    expect(found(manifest(`  username: ${encoded('app')}\n  ca.crt: ${encoded('-----BEGIN CERTIFICATE-----')}`))).toEqual([]);
    expect(found(`kind: SealedSecret\nspec:\n  encryptedData:\n    password: ${letters}${letters}\n  template:\n    kind: Secret\n    data:\n      k: ${encoded('vv')}`)).toEqual([]);
    expect(found(manifest('  password: ENC[AES256_GCM,data:abc]'))).toEqual([]);
    expect(found('{{- define "a" -}}\nkind: Secret\ndata:\n  {{- include "x" . }}\n{{- end -}}\n{{- define "b" -}}\n- key: password\n{{- end }}', 'a.tpl')).toEqual([]);
    expect(found('kind: ConfigMap\ndata:\n  password_policy: strict\nref:\n  kind: Secret\n  name: db\n')).toEqual([]);
  });
});

describe('what stands at keys such as password', () => {
  test('is found where it looks like one', () => {
    expect(found('password: Tr0ub4dor&3')).toEqual(['1 the value of password ***']);
    expect(found('DB_PASSWORD=kX9#mq2Lw8', '.env')).toEqual(['1 the value of DB_PASSWORD ***']);
    expect(found('const apiKey = "9f8e7d6c5b4a39281706";', 'a.ts')).toEqual(['1 the value of apiKey 9f8***']);
    expect(found('{"clientSecret": "Zx81Qq-77aaBBcc"}', 'a.json')).toEqual(['1 the value of clientSecret Zx8***']);
    expect(found('      - name: REDIS_PASSWORD\n        value: "q7Lm2kP9xw"')).toEqual(['2 the value of REDIS_PASSWORD ***']);
    expect(found('url: postgres://app:q7Lm2kP9xw@db:5432/app')).toEqual(['1 the password of a URL ***']);
    expect(found('    literals:\n      - token=q7Lm2kP9xw')).toHaveLength(1);
  });
  test.each([
    'password: ""', 'password: changeme', 'password: postgres', 'password: <your password>', 'password: ${DB_PASSWORD}', 'password: {{ .Values.db.password }}', 'password: $(DB_PASSWORD)',
    'password: example-password-1', 'existingSecret: my-db-credentials-7', 'secretName: tls-cert-2024', 'passwordKey: db-password-1', 'password: { secret: db }', 'token: true', 'secret: postgres-credentials',
    'tokenUrl: https://id.example.org/oauth2/token1', 'password: vault:secret/data/db#pw1', 'passwordFile: /run/secrets/db1', 'image: nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'automountServiceAccountToken: false', 'password: db_password1.txt.key', 'apiKey: YOUR-API-KEY-1234', 'secretKeyRef: { name: db, key: password1 }', 'password: admin123', 'token: my.service.name',
  ])('is none: %s', (line) => {
    expect(found(line)).toEqual([]);
  });
  test('in code only between quotes, not in pages, tests and lock files', () => {
    expect(found('password = readPassword1(x2)', 'a.py')).toEqual([]);
    for (const path of ['readme.md', 'tests/test_app.py', 'src/app.test.ts', 'package-lock.json', 'logo.svg']) expect(found('password: "Tr0ub4dor&3"', path), path).toEqual([]);
  });
  test('keys are told apart from those that say where a secret is', () => {
    expect(['password', 'dbPassword', 'db.password', 'API_KEY', 'auth_token', 'rootPwd', 'jwtSecret', 'private-key'].filter(isSecretKey)).toHaveLength(8);
    expect(['passwordKey', 'secretName', 'tokenUrl', 'existingSecret', 'keySize', 'monkey', 'bypass', 'secrets', 'maxTokens'].filter(isSecretKey)).toEqual([]);
  });
});

test('a comment with a reason lets one through, without a reason none', () => {
  expect(found('password: Tr0ub4dor&3 # mostik:allow-secret used in a public demo')).toEqual([]);
  expect(found('# mostik:allow-secret used in a public demo\npassword: Tr0ub4dor&3')).toEqual([]);
  expect(found('password: Tr0ub4dor&3 # mostik:allow-secret')).toHaveLength(1);
  expect(found('# mostik:allow-secret for this\na: 1\npassword: Tr0ub4dor&3')).toHaveLength(1);
});

test('an id is the same for one secret whatever its line, and another for another', () => {
  const id = (text: string, path = 'a.yaml') => findSecrets(path, text)[0]?.id;
  expect(id('password: Tr0ub4dor&3')).toBe(id('\n\npassword: Tr0ub4dor&3'));
  expect(id('password: Tr0ub4dor&3')).not.toBe(id('password: Tr0ub4dor&4'));
  expect(id('password: Tr0ub4dor&3')).not.toBe(id('password: Tr0ub4dor&3', 'b.yaml'));
});
