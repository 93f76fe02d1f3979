import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { follow, Refused, submit } from '../site/condense.js';
import { wordsFor } from '../site/words.js';

/** A real server that answers what a test says, in order; the last answer stays. */
let server;
let base;
let answers;
let asked;
before(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    asked.push({ method: request.method, path: request.url, body });
    const { status = 200, json } = answers.length > 1 ? answers.shift() : answers[0];
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json ?? {}));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}/api`;
});
after(() => server.close());
beforeEach(() => { asked = []; });

const soon = { pollMilliseconds: 0 };
const refused = (word) => (error) => error instanceof Refused && error.word === word;

test('a text is sent with the number of sentences', async () => {
  answers = [{ status: 202, json: { id: 'a', state: 'queued' } }];
  assert.deepEqual(await submit(fetch, base, { text: 'One. Two.', sentences: 1 }), { id: 'a', state: 'queued' });
  assert.deepEqual(asked, [{ method: 'POST', path: '/api/condense', body: '{"text":"One. Two.","sentences":1}' }]);
});

test('a task is followed through its states until it is done', async () => {
  answers = [{ json: { state: 'waiting' } }, { json: { state: 'queued' } }, { json: { state: 'done', summary: 'One.' } }];
  const states = [];
  const task = await follow(fetch, base, { id: 'a/b', ...soon, onState: (state) => states.push(state) });
  assert.deepEqual([task.summary, states], ['One.', ['waiting', 'queued', 'done']]);
  assert.equal(asked[0].path, '/api/condense/a%2Fb');
});

test('a service that does not answer for a while is asked again', async () => {
  answers = [{ status: 503 }, { status: 503 }, { json: { state: 'done', summary: 'One.' } }];
  const states = [];
  await follow(fetch, base, { id: 'a', ...soon, onState: (state) => states.push(state) });
  assert.deepEqual(states, ['busy', 'busy', 'done']);
});

test('a task that never ends is told to be slow', async () => {
  answers = [{ json: { state: 'queued' } }];
  await assert.rejects(follow(fetch, base, { id: 'a', ...soon, tries: 3 }), refused('slow'));
  assert.equal(asked.length, 3);
});

for (const [status, word] of [[413, 'tooLong'], [422, 'wrong'], [404, 'gone'], [400, 'wrong'], [500, 'busy'], [503, 'busy']]) {
  test(`status ${status} is told as ${word}`, async () => {
    answers = [{ status }];
    await assert.rejects(submit(fetch, base, { text: 'x', sentences: 1 }), refused(word));
  });
}

test('a service that is not there is told as busy', async () => {
  await assert.rejects(submit(fetch, 'http://127.0.0.1:1/api', { text: 'x', sentences: 1 }), refused('busy'));
});

test('the page speaks the first language of the browser that it knows', () => {
  assert.equal(wordsFor(['de-DE', 'ru-RU', 'en']).language, 'ru');
  assert.equal(wordsFor(['fr']).language, 'en');
  assert.deepEqual(Object.keys(wordsFor(['ru'])), Object.keys(wordsFor(['en'])));
  for (const language of ['ru', 'en']) for (const text of Object.values(wordsFor([language]))) assert.notEqual(text, '');
});
