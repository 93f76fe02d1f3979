import { describe, expect, it } from 'vitest';
import { shippedPolicies } from '../catalog/policies.js';
import { engineForTests, engineSkip } from './platform.fixture.js';
import { judgeExamples } from './policy-examples.js';

describe.skipIf(!engineForTests)(`the examples of every rule${engineSkip}`, () => {
  const policies = [...shippedPolicies().values()].map(({ policy }) => policy).filter(({ spec }) => spec.appliesTo !== 'platform');

  it('are judged as their files say, and are objects that an API server accepts', async () => {
    const { examples, invalid } = await judgeExamples(policies, { kubeVersion: '1.36', call: engineForTests! });
    expect(invalid).toEqual([]);
    const said = examples.map(({ policy, kind, object, found, invalid: broken }) => ({ rule: policy.metadata.name, kind, object: object.metadata.name, found, accepted: broken.length === 0 }));
    // Kubernetes refuses an unmasked /proc outside of a user namespace by itself, in every version that knows the two fields.
    const expected = examples.map(({ policy, kind, object, expected: message }) => ({ rule: policy.metadata.name, kind, object: object.metadata.name, found: message === undefined ? [] : [message], accepted: !(policy.metadata.name === 'proc-mount' && kind === 'bad') }));
    expect(said).toEqual(expected);
    expect(examples.filter(({ kind }) => kind === 'bad').length).toBeGreaterThanOrEqual(policies.length);
  });

  it('says where a rule is no CEL', async () => {
    const [policy] = policies;
    const broken = { ...policy!, spec: { ...policy!.spec, validations: [{ expression: 'size(variables.nothing) == 0', message: 'm' }, { expression: 'true ||', message: 'm' }] } };
    const { invalid } = await judgeExamples([broken], { kubeVersion: '1.36', call: engineForTests! });
    expect(invalid[0]?.problems.map(({ field }) => field)).toEqual(['policy.spec.validations[0].expression', 'policy.spec.validations[1].expression']);
    expect(invalid[0]?.problems[1]?.message).toContain('Syntax error');
  });
});
