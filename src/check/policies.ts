import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import { formatRef, type Desired, type PolicyRule, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { judgeExamples, policyName, type JudgedExample, type Verdict } from '../render/index.js';
import { examined } from './examined.js';
import type { CheckContext } from './index.js';
import { ruleFinding } from './rule.js';

/** Finds objects that break a rule in CEL, by the code that the API server itself enforces it with. */
export async function policies(platform: ResolvedPlatform, desired: Desired, context: CheckContext): Promise<Diagnostic[]> {
  const rules = new Map(platform.policies.rules.map((rule) => [policyName(platform.name, rule.id), rule]));
  const known = await examined(platform, desired, context);
  const found = desired.objects.flatMap((rendered) => {
    const { verdicts = [], invalid = [] } = known.of(rendered) ?? {};
    // Of an object that cannot be, an expression may well fail.
    return verdicts.filter(({ error }) => !error || invalid.length === 0).flatMap((verdict) => finding(rendered, verdict, rules.get(verdict.policy)));
  });
  const broken = [...rules].flatMap(([name, { id, file }]) => (known.policies.get(name) ?? []).map(({ field, message }) => diagnose('policy-invalid', { rule: id, field: field.replace(/^policy\./, ''), problem: message, file: shownPath(file) }, { file: shownPath(file) })));
  return [...broken, ...(await ownExamples(platform, context)), ...found];
}

function finding(rendered: RenderedObject, verdict: Verdict, rule: PolicyRule | undefined): Diagnostic[] {
  if (verdict.error) return [diagnose('policy-not-evaluated', { object: formatRef(rendered.ref), rule: rule?.id ?? verdict.policy, problem: verdict.message }, rendered.at)];
  if (rule) return [ruleFinding(rule, rendered, verdict.message)];
  // A policy among the platform's own manifests has no title and no way out.
  const params = { object: formatRef(rendered.ref), message: verdict.message, rule: verdict.policy, wayOut: '' };
  if (verdict.actions.includes('Deny')) return [diagnose('policy-refused', params, rendered.at)];
  return verdict.actions.includes('Warn') ? [diagnose('policy-warned', params, rendered.at)] : [];
}

/** Tries the examples of the platform's own rules: a rule that refuses everything, or nothing, is found before it counts. */
async function ownExamples(platform: ResolvedPlatform, { engine, signal }: CheckContext): Promise<Diagnostic[]> {
  const own = platform.policies.rules.filter((rule) => rule.own);
  if (own.length === 0 || engine.path === '') return [];
  const { examples, invalid } = await judgeExamples(own.map(({ policy }) => policy), { kubeVersion: platform.kubernetes, call: { path: engine.path, signal } });
  const broken = new Set(invalid.map(({ policy }) => policy));
  return examples.filter(({ policy }) => !broken.has(policy)).flatMap((example) => {
    const file = shownPath(own.find(({ policy }) => policy === example.policy)!.file);
    const problem = problemOf(example);
    return problem ? [diagnose('policy-example', { rule: example.policy.metadata.name, kind: example.kind, object: `${example.object.kind}/${example.object.metadata.name}`, ...problem, file }, { file })] : [];
  });
}

function problemOf({ kind, found, expected, invalid }: JudgedExample): { found: string; expected: string } | undefined {
  if (invalid.length > 0) return { found: `${invalid[0]!.field}: ${invalid[0]!.message}`, expected: 'an object that the API server accepts' };
  if (kind === 'good') return found.length === 0 ? undefined : { found: found.join('; '), expected: 'that it passes' };
  return found.includes(expected ?? '') ? undefined : { found: found.length === 0 ? 'that it passes' : found.join('; '), expected: expected ?? '' };
}
