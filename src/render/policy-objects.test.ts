import { describe, expect, it } from 'vitest';
import { shippedPolicies } from '../catalog/policies.js';
import { valueAt } from '../lib/read-unknown.js';
import type { PolicyException } from '../model/index.js';
import { platformOf, workloadOf } from './platform.fixture.js';
import { enforcedNamespaces, policyComponent } from './policy-component.js';
import { parametersObject, policyObjects } from './policy-objects.js';

const target = { platform: 'shop', namespaces: ['shop'], action: 'enforce' as const, parameters: 'mostik-system' };
const policyOf = (id: string) => shippedPolicies().get(id)!.policy;
const exception = (rule: string, object: string, until: string): PolicyException => ({ rule, object, reason: 'there is one', until });

describe('the objects of a rule', () => {
  it('are named after the platform, hold in its namespaces only, and need their parameters', () => {
    const [policy, binding] = policyObjects(policyOf('tr-k8s-4'), target);
    expect(policy.metadata.name).toBe('shop.tr-k8s-4');
    expect(binding).toMatchObject({
      metadata: { name: 'shop.tr-k8s-4' },
      spec: {
        policyName: 'shop.tr-k8s-4',
        paramRef: { name: 'shop.policies', namespace: 'mostik-system', parameterNotFoundAction: 'Deny' },
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop'] }] } },
      },
    });
    expect(policyObjects(policyOf('tr-k8s-4'), { ...target, action: 'warn' })[1]).toMatchObject({ spec: { validationActions: ['Warn'] } });
  });

  it('reach every kind that makes pods, debugging containers where the rule looks at them, and never objects of the cluster', () => {
    const rules = (id: string): unknown => valueAt(policyObjects(policyOf(id), target)[0], 'spec', 'matchConstraints', 'resourceRules');
    const common = { apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], scope: 'Namespaced' };
    expect(rules('tr-k8s-3')).toEqual([
      { ...common, apiGroups: [''], resources: ['pods', 'replicationcontrollers'] },
      { ...common, apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] },
      { ...common, apiGroups: ['batch'], resources: ['jobs', 'cronjobs'] },
    ]);
    expect(rules('privileged')).toMatchObject([{ resources: ['pods', 'replicationcontrollers', 'pods/ephemeralcontainers'] }, {}, {}]);
    expect(rules('readiness-probe')).toEqual([{ ...common, apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'] }]);
    expect(rules('tr-k8s-6')).toEqual([{ ...common, apiGroups: [''], resources: ['services'] }]);
  });
});

it('the parameters hold one line an object, by rule, the same for the same exceptions', () => {
  const some = [exception('tr-k8s-6', 'Service/shop/b', ''), exception('tr-k8s-3', 'Job/shop/a', ''), exception('tr-k8s-6', 'Service/shop/a', ''), exception('tr-k8s-6', 'Service/shop/a', '')];
  expect(parametersObject(target, some)).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop.policies', namespace: 'mostik-system' }, data: { 'tr-k8s-3': 'Job/shop/a', 'tr-k8s-6': 'Service/shop/a\nService/shop/b' } });
});

describe('the component of the rules', () => {
  const rule = (id: string) => ({ id, action: 'enforce' as const, policy: policyOf(id), file: '/f.yaml', own: false });
  const platform = (rules: string[], exceptions: PolicyException[] = []) => platformOf({ web: { source: workloadOf(), namespace: 'shop' }, system: { source: workloadOf(), namespace: 'kube-system' } }, { policies: { rules: rules.map(rule), exceptions } });

  it('holds the parameters, and a policy and a binding for each rule that the cluster can enforce', () => {
    const made = policyComponent(platform(['tr-k8s-6', 'tr-k8s-7']), []);
    expect(made?.objects.map(({ object }) => `${object.kind}/${object.metadata.name}`)).toEqual(['ConfigMap/demo.policies', 'ValidatingAdmissionPolicy/demo.tr-k8s-6', 'ValidatingAdmissionPolicyBinding/demo.tr-k8s-6']);
    expect(policyComponent(platform(['tr-k8s-7']), [])).toBeUndefined();
    expect(policyComponent(platform([]), [])).toBeUndefined();
  });

  it('leaves out exceptions that have ended, and those of rules that are not in force', () => {
    const made = policyComponent(platform(['tr-k8s-6'], [exception('tr-k8s-6', 'Service/shop/old', '2000-01-01'), exception('tr-k8s-6', 'Service/shop/new', '2999-01-01'), exception('tr-k8s-4', 'Pod/shop/a', '2999-01-01')]), []);
    expect(made?.objects[0]?.object['data']).toEqual({ 'tr-k8s-6': 'Service/shop/new' });
  });

  it("keeps out of Kubernetes' own namespaces and of Mostik's", () => {
    const draft = (namespace: string) => ({ object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace } } });
    expect(enforcedNamespaces(platform(['tr-k8s-6']), [draft('extra'), draft('kube-public'), draft('mostik-system')])).toEqual(['extra', 'shop']);
  });
});
