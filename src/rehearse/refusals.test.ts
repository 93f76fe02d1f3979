import { expect, test } from 'vitest';
import { refuserOf } from './refusals.js';

test('the refuser is read from the API server\'s own words', () => {
  const cases: [string, object][] = [
    ["deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'pinned' with binding 'all' denied request: no", { kind: 'policy', name: 'pinned' }],
    ['pods "web-1" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2', { kind: 'quota', name: 'small' }],
    ['pods "web-1" is forbidden: failed quota: small: must specify limits.cpu for: web', { kind: 'quota', name: 'small' }],
    ['pods "web-1" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi', { kind: 'limits' }],
    ['pods "web-1" is forbidden: violates PodSecurity "restricted:latest": privileged', { kind: 'pod-security', name: 'restricted:latest' }],
    ['admission webhook "guard.example.org" denied the request: no', { kind: 'webhook', name: 'guard.example.org' }],
    ['Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1', { kind: 'server' }],
  ];
  for (const [message, by] of cases) expect(refuserOf(message), message).toEqual(by);
});
