import { z } from 'zod';
import { isDict } from '../lib/read-unknown.js';
import type { KubeObject } from './object.js';
import { podKinds } from './policy.js';

/** A policy file: one rule in CEL, enforced by the cluster and checked before Git. Version mostik.dev/v1. */

const id = z.string('a name of lower-case letters, digits and dashes').max(40, 'at most 40 letters').regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'a name of lower-case letters, digits and dashes');
const text = z.string().min(1, 'a text that is not empty');
/** What a user may do is known in the cluster alone: with it the verdict before Git would be a guess. */
const expression = z
  .string('an expression in CEL')
  .min(1, 'an expression in CEL')
  .refine((cel) => !/\bauthorizer\b/.test(cel), 'an expression without authorizer: what a user may do is not known before Git');
const variable = z.strictObject({
  name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/, 'a name of letters and digits'),
  expression,
});
const validation = z
  .strictObject({
    expression: expression.describe('True for an object that keeps the rule'),
    message: text.optional().describe('What is wrong, when it is always the same'),
    messageExpression: expression.optional().describe('CEL that says what is wrong, with the names of containers and fields in it'),
  })
  .refine(({ message, messageExpression }) => message !== undefined || messageExpression !== undefined, 'a validation with message or messageExpression');

const resources = z.strictObject({
  apiGroups: z.array(z.string()).default(['']),
  apiVersions: z.array(text).min(1, 'at least one version'),
  resources: z.array(z.string().regex(/^[a-z]+$/, 'a resource such as services')).min(1, 'at least one resource'),
});

const example = z.custom<KubeObject>((value) => isDict(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string' && isDict(value['metadata']), 'a Kubernetes object');

/** A rule with its reason, its way out and examples that prove it. */
export const Policy = z
  .strictObject({
    apiVersion: z.literal('mostik.dev/v1'),
    kind: z.literal('Policy'),
    metadata: z.strictObject({ name: id.describe('Id of the rule, as spec.policies and exceptions name it') }),
    spec: z
      .strictObject({
        title: text.describe('The rule in one line'),
        groups: z.array(id).default([]).describe('Groups by which the rule can be named too'),
        reason: text.describe('What goes wrong without the rule'),
        wayOut: text.describe('What to do about a finding'),
        appliesTo: z
          .union(
            [
              z.literal('pods'),
              z.literal('platform'),
              z.strictObject({ podsOf: z.array(z.enum(podKinds)).min(1, 'at least one kind') }),
              z.strictObject({ resources: z.array(resources).min(1, 'at least one entry') }),
            ],
            'pods, { podsOf: [Deployment] } or { resources: [{ apiVersions: [v1], resources: [services] }] }',
          )
          .describe('pods: Pods and the templates of every workload; podsOf: those of some kinds; resources: whole objects; platform: a rule over the platform, built into Mostik'),
        variables: z.array(variable).default([]),
        validations: z.array(validation).default([]),
        examples: z
          .strictObject({ good: z.array(example).default([]), bad: z.array(z.strictObject({ message: text, object: example })).default([]) })
          .default({ good: [], bad: [] }),
      })
      .refine(({ appliesTo, validations }) => (appliesTo === 'platform') === (validations.length === 0), 'at least one validation')
      .refine(({ appliesTo, examples }) => appliesTo === 'platform' || (examples.good.length > 0 && examples.bad.length > 0), 'at least one good and one bad example'),
  })
  .meta({ description: 'A rule of Mostik' });
export type Policy = z.infer<typeof Policy>;
