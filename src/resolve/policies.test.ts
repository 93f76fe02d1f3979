import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PlatformSpec } from '../model/index.js';
import { PlatformSpec as Schema } from '../model/schema.js';
import { resolvePolicies, type FoundPolicies } from './policies.js';

const own = `apiVersion: mostik.dev/v1
kind: Policy
metadata: { name: team-label }
spec:
  title: Workloads say whose they are
  reason: Somebody must be asked.
  wayOut: Add the label.
  appliesTo: { podsOf: [Deployment] }
  validations: [{ expression: 'has(object.metadata.labels)', message: none }]
  examples:
    good: [{ apiVersion: v1, kind: Pod, metadata: { name: a } }]
    bad: [{ message: none, object: { apiVersion: v1, kind: Pod, metadata: { name: a } } }]
`;

function found(policies: object, more: object = {}): FoundPolicies {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-resolve-')));
  mkdirSync(join(dir, 'rules'));
  writeFileSync(join(dir, 'rules/team-label.yaml'), own);
  writeFileSync(join(dir, 'rules/readme.md'), 'no rule');
  const spec: PlatformSpec = Schema.parse({ components: {}, policies, ...more });
  const result = resolvePolicies(spec, () => ({ file: 'platform.yaml' }), { dir, root: dir });
  return { ...result, inputs: result.inputs.map((path) => path.slice(dir.length + 1)) };
}

const rules = ({ policies }: FoundPolicies): string[] => policies.rules.map(({ id, action, own: isOwn }) => `${action} ${id}${isOwn ? ' (own)' : ''}`);

it('takes rules by id, by group, by file and by folder, and reads no more files than it must', () => {
  expect(rules(found({ enforce: ['tr-k8s-4', 'probes', 'rules/team-label.yaml'] }))).toEqual(['enforce tr-k8s-4', 'enforce readiness-probe', 'enforce team-label (own)']);
  expect(found({ enforce: ['rules'] })).toMatchObject({ inputs: ['rules/team-label.yaml'], problems: [] });
  expect(found({ enforce: ['tr-k8s'] }).inputs).toEqual([]);
});

it('lets what is enforced win over what warns, and names each rule once', () => {
  expect(rules(found({ enforce: ['tr-k8s-3', 'tr-k8s-3'], warn: ['tr-k8s'] }))).toEqual(['enforce tr-k8s-3', ...[4, 5, 6, 7, 8, 9].map((n) => `warn tr-k8s-${n}`)]);
});

it('brings the restricted standard with the baseline in it', () => {
  expect(rules(found({ enforce: ['pod-security-restricted'] }))).toHaveLength(19);
});

it('asks for nothing where the platform has no rules, whatever its version', () => {
  expect(found({}, { kubernetes: '1.20' })).toMatchObject({ policies: { rules: [] }, problems: [] });
});

it('says when a folder has no rules', () => {
  expect(found({ enforce: ['.'] }).problems).toEqual([]);
  expect(found({ enforce: ['rules/nothing'] }).problems[0]?.message).toContain('no such file');
});
