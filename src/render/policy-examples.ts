import type { KubeObject, Policy } from '../model/index.js';
import type { EngineCall } from './call-engine.js';
import { examine, type ObjectProblem } from './examine.js';
import { parametersObject, policyName, policyObjects, type PolicyTarget } from './policy-objects.js';

/** What became of one example of a policy. */
export interface JudgedExample {
  policy: Policy;
  kind: 'good' | 'bad';
  object: KubeObject;
  /** The message a bad one must be refused with. */
  expected?: string;
  /** Messages of this policy; none where the object passes. */
  found: string[];
  /** Why the API server would refuse the object whatever the policy says. */
  invalid: ObjectProblem[];
}

/** Examples name no namespace: they live in this one. */
const namespace = 'default';

/** Tries the examples of policies, each against its own policy alone; `invalid` are policies that no API server would accept. */
export async function judgeExamples(policies: readonly Policy[], { kubeVersion, call, cache }: { kubeVersion: string; call: EngineCall; cache?: string | undefined }): Promise<{ examples: JudgedExample[]; invalid: { policy: Policy; problems: ObjectProblem[] }[] }> {
  const target: PolicyTarget = { platform: 'examples', namespaces: [namespace], action: 'enforce', parameters: namespace };
  const params = [parametersObject(target, [])];
  const examples = policies.flatMap(examplesOf);
  const request = {
    kubeVersion,
    objects: examples.map(({ object }) => object),
    policies: policies.map((policy) => {
      const [made, binding] = policyObjects(policy, target);
      return { policy: made, binding, params };
    }),
    namespaces: [],
  };
  const examined = await examine(request, call, cache);
  return {
    examples: examples.map((example, i) => {
      const { verdicts, invalid } = examined.objects[i]!;
      const own = verdicts.filter(({ policy }) => policy === policyName(target.platform, example.policy.metadata.name));
      return { ...example, found: own.map(({ message }) => message), invalid };
    }),
    invalid: policies.flatMap((policy, i) => {
      const problems = examined.policies[i]!.invalid;
      return problems.length > 0 ? [{ policy, problems }] : [];
    }),
  };
}

function examplesOf(policy: Policy): Omit<JudgedExample, 'found' | 'invalid'>[] {
  const { good, bad } = policy.spec.examples;
  return [
    ...good.map((object) => ({ policy, kind: 'good' as const, object: placed(object) })),
    ...bad.map(({ object, message }) => ({ policy, kind: 'bad' as const, object: placed(object), expected: message })),
  ];
}

function placed(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace } };
}
