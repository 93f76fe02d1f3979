import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { shippedPolicies } from './policies.js';

it('has every requirement of TR-K8S-3 to 9, and a file, a group, a reason and a way out for each rule', () => {
  const policies = shippedPolicies();
  expect([...policies.keys()].filter((id) => id.startsWith('tr-k8s-'))).toEqual(['tr-k8s-3', 'tr-k8s-4', 'tr-k8s-5', 'tr-k8s-6', 'tr-k8s-7', 'tr-k8s-8', 'tr-k8s-9']);
  for (const [id, { policy, file }] of policies) {
    expect(existsSync(file), file).toBe(true);
    expect(policy.spec.groups.length, id).toBeGreaterThan(0);
    expect(policy.spec.reason, id).toMatch(/\.$/);
    expect(policy.spec.wayOut, id).toMatch(/[.)]$/);
  }
});

it('holds the controls of the Pod Security Standards, baseline among restricted', () => {
  const ids = (group: string): string[] => [...shippedPolicies()].filter(([, { policy }]) => policy.spec.groups.includes(group)).map(([id]) => id);
  expect(ids('pod-security-baseline')).toEqual(['apparmor', 'capabilities', 'host-namespaces', 'host-path', 'host-ports', 'host-probes', 'host-process', 'privileged', 'proc-mount', 'seccomp', 'selinux', 'sysctls']);
  expect(ids('pod-security-restricted').filter((id) => !ids('pod-security-baseline').includes(id))).toEqual(['capabilities-restricted', 'privilege-escalation', 'proc-mount-restricted', 'run-as-non-root', 'run-as-user', 'seccomp-restricted', 'volume-types']);
});
