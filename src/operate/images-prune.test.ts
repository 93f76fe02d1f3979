import { expect, test } from 'vitest';
import type { StoredImage } from '../cluster/index.js';
import { unusedImages } from './images-prune.js';
import { imagesIn } from './images-use.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const stored = (letter: string, ...names: string[]): StoredImage => ({ digest: digest(letter), names, bytes: 1 });
const unused = (images: StoredImage[], names: string[], running: string[] = []): string[] => unusedImages(images, { names: new Set(names), running: new Set(running) }).flatMap((image) => image.names);

test('an image stays with all its names while one of them is used', () => {
  const page = stored('a', 'docker.io/library/page:1', 'docker.io/library/page:content-0123456789abcdef', digest('c'));
  expect(unused([page, stored('b', 'docker.io/library/old:1')], ['docker.io/library/page:1'])).toEqual(['docker.io/library/old:1']);
  expect(unused([page], ['docker.io/library/page:2'])).toEqual(page.names);
});

test('what a pod runs stays, though its name has moved on', () => {
  const before = stored('a', 'docker.io/library/page:content-0123456789abcdef', digest('c'));
  const pulled = stored('b', 'registry:5050/shop:1', `registry:5050/shop@${digest('b')}`);
  expect(unused([before, pulled], [], [digest('c'), `registry:5050/shop@${digest('b')}`])).toEqual([]);
  expect(unused([before, pulled], [`registry:5050/other@${digest('b')}`])).toEqual(before.names);
});

test('what the node itself needs stays', () => {
  expect(unused([stored('a', 'mostik.local/pause:1', digest('c'))], [])).toEqual([]);
});

test('images are found wherever an object names them', () => {
  const pod = { initContainers: [{ image: 'a:1' }], containers: [{ name: 'x', image: 'b:1', env: [{ name: 'image', value: 'no' }] }], volumes: [{ image: { reference: 'c:1' } }] };
  expect(imagesIn({ kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec: pod } } } } })).toEqual(['a:1', 'b:1', 'c:1']);
  expect(imagesIn({ kind: 'ScaledModel', spec: { server: { image: 'd:1' } } })).toEqual(['d:1']);
});
