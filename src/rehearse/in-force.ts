import { setTimeout as sleep } from 'node:timers/promises';
import { isForbidden, isInvalid, type Kube } from '../kube/index.js';
import type { KubeObject } from '../model/index.js';

const name = 'in-force.rehearsal.mostik.dev';
const apiVersion = 'admissionregistration.k8s.io/v1';

/**
 * Waits until admission policies written before are in force. The API server takes them over together, a moment after they
 * were written: once a policy of ours refuses, so do the older ones.
 */
export async function untilPoliciesAreInForce(kube: Kube): Promise<void> {
  const policy: KubeObject = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] },
      matchConditions: [{ name: 'ours', expression: `object.metadata.name == '${name}'` }],
      validations: [{ expression: 'false' }],
    },
  };
  const binding: KubeObject = { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } };
  await kube.create(policy);
  await kube.create(binding);
  const probe: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' } };
  for (let i = 0; i < 200; i++) {
    try {
      await kube.create(probe, { dryRun: true });
    } catch (error) {
      if (!isForbidden(error) && !isInvalid(error)) throw error;
      break;
    }
    await sleep(50);
  }
  for (const { kind } of [binding, policy]) await kube.delete({ apiVersion, kind, name });
}
