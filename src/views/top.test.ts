import { expect, test } from 'vitest';
import type { Top } from '../operate/top.js';
import { plainLook } from './look.js';
import { golden } from './sample-plan.js';
import { topText } from './top.js';

const Mi = 1024 ** 2;
const top: Top = {
  simulated: false,
  pods: [
    { component: 'web', namespace: 'shop', name: 'web-1', used: { cpu: 0.2, memory: 90 * Mi }, requests: { cpu: 0.1, memory: 64 * Mi }, limits: { memory: 100 * Mi } },
    { component: 'web', namespace: 'shop', name: 'web-2', used: { cpu: 0.05, memory: 10 * Mi }, requests: { cpu: 0.1, memory: 64 * Mi }, limits: { memory: 100 * Mi } },
  ],
  unmeasured: ['shop/db-0'],
  nodes: [{ name: 'n1', used: { cpu: 1, memory: 1024 * Mi }, allocatable: { cpu: 4, memory: 4096 * Mi } }],
};

test('use stands by component against requests and limits, then by node', () => {
  expect(topText(top, plainLook)).toBe(golden(`
    COMPONENT / POD   CPU  OF REQUEST  OF LIMIT  MEMORY  OF REQUEST  OF LIMIT
    web              250m        125%         -   100Mi         78%       50%
    ├ shop/web-1     200m        200%         -    90Mi        141%       90%
    └ shop/web-2      50m         50%         -    10Mi         16%       10%

    Not measured yet: shop/db-0

    NODE    CPU  USED  MEMORY  USED
    n1    1000m   25%  1024Mi   25%
  `));
});

test('figures of simulated nodes are said to mean nothing', () => {
  expect(topText({ ...top, simulated: true }, plainLook)).toContain('containers do not run, so these figures mean nothing');
});
