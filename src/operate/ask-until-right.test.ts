import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askUntilRight, type Answer } from './ask-until-right.js';

const never = new AbortController().signal;
const asking = (answers: Answer[]) => {
  const asked = { times: 0, ask: () => Promise.resolve(answers[Math.min(asked.times++, answers.length - 1)] ?? wrong) };
  return asked;
};
const wrong: Answer = { verdict: 'wrong', reason: 'answered 503' };
const right: Answer = { verdict: 'right', reason: 'answered 200' };

test('asks again until the answer is right', async () => {
  const asked = asking([{ verdict: 'none', reason: 'no pod is ready' }, wrong, right]);
  expect(await askUntilRight(asked.ask, { timeoutSeconds: 60, signal: never })).toBe(right);
  expect(asked.times).toBe(3);
});

test('does not ask again where that makes no sense', async () => {
  for (const verdict of ['hopeless', 'simulated'] as const) {
    const asked = asking([{ verdict, reason: 'x' }, right]);
    expect((await askUntilRight(asked.ask, { timeoutSeconds: 60, signal: never })).verdict).toBe(verdict);
    expect(asked.times).toBe(1);
  }
});

test('the last answer counts when the time is up', async () => {
  expect(await askUntilRight(asking([wrong]).ask, { timeoutSeconds: 0.1, signal: never })).toBe(wrong);
});

test('one that hangs is given up at the time; what came before it counts', async () => {
  const hanging = (signal: AbortSignal): Promise<Answer> => sleep(60_000, right, { signal });
  expect(await askUntilRight(hanging, { timeoutSeconds: 0.1, signal: never })).toEqual({ verdict: 'none', reason: 'no answer came' });
  let times = 0;
  const late = (signal: AbortSignal): Promise<Answer> => (times++ === 0 ? Promise.resolve(wrong) : hanging(signal));
  expect(await askUntilRight(late, { timeoutSeconds: 2, signal: never })).toBe(wrong);
});

test('a failure to ask is an answer, and Ctrl-C is none', async () => {
  const failing = (): Promise<Answer> => Promise.reject(new Error('connection lost'));
  expect(await askUntilRight(failing, { timeoutSeconds: 0.1, signal: never })).toMatchObject({ verdict: 'wrong', reason: 'connection lost' });
  const controller = new AbortController();
  const waiting = askUntilRight((signal) => sleep(60_000, right, { signal }), { timeoutSeconds: 60, signal: controller.signal });
  controller.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
});
