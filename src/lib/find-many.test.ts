import { expect, test } from 'vitest';
import { searcher } from './find-many.js';

test('finds the first place, and all words that start there, the longest first', () => {
  const find = searcher(new Map([['he', 1], ['hers', 2], ['she', 3], ['his', 4]]));
  expect(find('ushers', 0)).toEqual({ at: 1, words: [{ word: 'she', is: 3 }] });
  expect(find('ushers', 2)).toEqual({ at: 2, words: [{ word: 'hers', is: 2 }, { word: 'he', is: 1 }] });
  expect(find('ushers', 3)).toBeUndefined();
});

test('finds the same as indexOf on any text', () => {
  const words = ['abcab', 'bcabcabc', 'ccccc', 'äбвгд', 'aaaaaa'];
  const find = searcher(new Map(words.map((word) => [word, word])));
  let text = '';
  for (let i = 0; i < 3000; i++) text += (i % 97 === 0 ? words[i % words.length] : 'abcäc'[(i * i + (i >> 3)) % 5])!;
  for (let from = 0; from < text.length; from += 7) {
    const places = words.map((word) => text.indexOf(word, from)).filter((at) => at >= 0);
    expect(find(text, from)?.at).toBe(places.length > 0 ? Math.min(...places) : undefined);
  }
});

test('searches nothing when there are no words', () => {
  expect(searcher(new Map())('text', 0)).toBeUndefined();
});
