import { expect, test } from 'vitest';
import { exitOf } from './exec.js';

test.each([
  ['{"metadata":{},"status":"Success"}', { code: 0, problem: '' }],
  ['{"status":"Failure","message":"command terminated with non-zero exit code: ...","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}', { code: 7, problem: '' }],
  ['{"status":"Failure","reason":"InternalError","message":"no such program","code":500}', { code: undefined, problem: 'no such program' }],
  ['plain words\n', { code: undefined, problem: 'plain words' }],
])('the end of a command is read from %s', (text, exit) => {
  expect(exitOf(text)).toEqual(exit);
});
