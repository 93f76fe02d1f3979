import { expect, test } from 'vitest';
import { maskText, type HttpTest, type KubeObject } from '../model/index.js';
import { judge } from './ask-http.js';

const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'shop' } };
const secrets = new Map([['db', 'hunter2hunter2hunter2']]);
const answer = (expected: Partial<HttpTest>, status: number, body = '') =>
  judge({ url: 'http://web', status: 200, ...expected }, { status, body, mask: (text) => maskText(text, secrets), asked: 'GET http://web', pod });

test('an answer is right when its status is, and its body holds what is expected', () => {
  expect(answer({}, 200).verdict).toBe('right');
  expect(answer({ status: 302 }, 302).verdict).toBe('right');
  expect(answer({ contains: '"connected":true' }, 200, '{"connected":true}').verdict).toBe('right');
});

test('a wrong one tells what came, what was expected, and the start of the body in one line', () => {
  expect(answer({}, 503, 'no\n  database')).toEqual({ verdict: 'wrong', reason: 'GET http://web: Pod/shop/web-1 answered 503, expected 200: no database', pod });
  expect(answer({ contains: 'ok' }, 200).reason).toBe('GET http://web: Pod/shop/web-1 answered 200 without "ok" with an empty body');
  expect(answer({}, 500, 'x'.repeat(1000)).reason).toHaveLength('GET http://web: Pod/shop/web-1 answered 500, expected 200: '.length + 200);
});

test('a secret value in the body is not shown, not even the half of it that was left by a cut', () => {
  const { reason } = answer({}, 500, `${'x'.repeat(190)}hunter2hunter2hunter2 refused`);
  expect(reason).not.toContain('hunter');
});
