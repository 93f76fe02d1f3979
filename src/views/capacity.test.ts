import { expect, test } from 'vitest';
import { capacityOf } from '../capacity/index.js';
import { asking, nodes, rendered, workload } from '../capacity/test-objects.js';
import type { KubeObject } from '../model/index.js';
import { capacityText } from './capacity-human.js';
import { capacityJson } from './capacity-json.js';
import { plainLook } from './look.js';

const quota: KubeObject = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few', namespace: 'shop' }, spec: { hard: { 'requests.cpu': '80' } } };
const busy: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'busy', namespace: 'other' }, spec: { nodeName: 'worker-1', ...asking({ cpu: 1 }) }, status: { phase: 'Running' } };
const objects = [
  quota,
  workload('Deployment', 'web', { replicas: 2, pod: asking({ cpu: '500m', memory: '1Gi' }) }),
  workload('StatefulSet', 'big', { replicas: 1, pod: asking({ cpu: 64 }) }),
  workload('StatefulSet', 'model', { replicas: 1, pod: asking({ cpu: 1 }, { limits: { cpu: 1, 'nvidia.com/gpu': 1 } }) }),
  workload('StatefulSet', 'full', { replicas: 1, pod: { ...asking({ cpu: 4 }) } }),
  workload('Job', 'once', { pod: asking({ cpu: 1 }) }),
];
const report = capacityOf({ objects: objects.map(rendered), nodes: nodes({ name: 'worker', count: 2 }), knows: ['PriorityClass'], running: [busy] });

test('verdicts, quotas and nodes are shown with what is lacking', () => {
  expect(capacityText({ platform: 'shop', report, nodes: '2 declared nodes' }, { ...plainLook, width: 120 })).toBe(`shop on 2 declared nodes

COMPONENT  WORKLOAD                PODS  CPU  MEMORY  VERDICT
app        Deployment/shop/web        2  0.5     1Gi  ✓ fits
app        StatefulSet/shop/big       1   64       -  ✗ 1 pending
    └ 0/2 nodes are available: 2 Insufficient cpu
app        StatefulSet/shop/model     1    1       -  ✗ 1 pending
    └ no node has nvidia.com/gpu: 0/2 nodes are available: 2 Insufficient nvidia.com/gpu
app        StatefulSet/shop/full      1    4       -  ▲ may not fit
    └ in one order of placement 0/2 nodes are available: 2 Insufficient cpu
    └ 4 of 8 orders that were tried leave some out
app        Job/shop/once              1    1       -  ✓ fits when it runs

QUOTA                   RESOURCE      WANTED
ResourceQuota/shop/few  requests.cpu  █████████░ 71/80 89%

NODE      CPU                   MEMORY                  PODS
worker-1  ██▒▒▒░░░░░ 1.5/4 38%  █░░░░░░░░░ 1Gi/16Gi 6%  █▒░░░░░░░░ 2/110 2%
worker-2  ██░░░░░░░░ 0.5/4 13%  █░░░░░░░░░ 1Gi/16Gi 6%  █░░░░░░░░░ 1/110 1%
one placement of many: █ this platform, ▒ others, ░ free

✗ 2 workloads will not run whole, 1 may not, 2 fit`);
});

test('without nodes only quotas and LimitRanges are spoken of', () => {
  const text = capacityText({ platform: 'shop', report: capacityOf({ objects: [rendered(objects[1]!)] }), nodes: undefined }, { ...plainLook, width: 120 });
  expect(text).toContain('shop  no nodes are known: only quotas and LimitRanges are judged');
  expect(text).toContain('? unknown');
  expect(text).not.toContain('NODE');
});

test('the JSON form has amounts as numbers and objects by name', () => {
  expect(capacityJson({ platform: 'shop', report, nodes: '2 declared nodes' }, 1)).toMatchObject({
    version: 1,
    exitCode: 1,
    workloads: [{ object: 'Deployment/shop/web', verdict: 'fits', requests: { cpu: 500, memory: 2 ** 30 } }, { object: 'StatefulSet/shop/big', verdict: 'pending', missing: { least: 1, most: 1 } }, { absent: 'nvidia.com/gpu' }, { verdict: 'may not fit' }, { ends: true }],
    quotas: [{ quota: 'ResourceQuota/shop/few', resource: 'requests.cpu', hard: 80000, wanted: 70000, passing: 1000 }],
    nodes: [{ name: 'worker-1', use: [{ resource: 'cpu', there: 4000, wanted: 500, others: 1000 }, {}, {}] }, {}],
  });
});
