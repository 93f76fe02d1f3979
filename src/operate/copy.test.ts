import { expect, test } from 'vitest';
import { copy, sideOf } from './copy.js';
import type { Workplace } from './select-pods.js';

test.each([
  ['web:/path', { place: 'pod', word: 'web', path: '/path' }],
  ['deployment/web:/a:b', { place: 'pod', word: 'deployment/web', path: '/a:b' }],
  ['pod/shop/web-1:relative', { place: 'pod', word: 'pod/shop/web-1', path: 'relative' }],
  ['./name:with-colon', { place: 'here', path: './name:with-colon' }],
  ['/abs:olute', { place: 'here', path: '/abs:olute' }],
  ['~/x:y', { place: 'here', path: '~/x:y' }],
  ['plain', { place: 'here', path: 'plain' }],
  [':/x', { place: 'here', path: ':/x' }],
])('%s is on the right side', (text, side) => {
  expect(sideOf(text)).toEqual(side);
});

test.each([
  ['a', 'b'],
  ['web:/a', 'api:/b'],
  ['web:', '.'],
])('%s to %s is refused before anything is asked of a cluster', async (source, destination) => {
  const nowhere = {} as Workplace;
  await expect(copy(nowhere, { source, destination, signal: new AbortController().signal })).rejects.toMatchObject({ diagnostics: [{ code: 'copy-sides' }] });
});
