import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { activeExceptions, dateOf, formatRef, type PolicyRule, type RenderedObject, type ResolvedPlatform } from '../model/index.js';

/** The Diagnostic of an object that breaks a rule: an error where the rule is enforced. */
export function ruleFinding({ id, action, policy }: PolicyRule, rendered: RenderedObject, message: string): Diagnostic {
  const { title, wayOut } = policy.spec;
  const code = action === 'enforce' ? 'policy-refused' : 'policy-warned';
  return diagnose(code, { object: formatRef(rendered.ref), message, rule: `${id}: ${title}`, wayOut }, rendered.at);
}

/** How a rule over the platform reports: nothing for an object that is excepted. */
export type Report = (rendered: RenderedObject, message: string) => Diagnostic[];

/** A rule of the platform that is in force, ready to report; undefined when nobody asks for it. */
export function ruleInForce(platform: ResolvedPlatform, id: string): Report | undefined {
  const rule = platform.policies.rules.find((each) => each.id === id);
  if (!rule) return undefined;
  const excepted = new Set(activeExceptions(platform.policies.exceptions, dateOf(new Date())).filter((each) => each.rule === id).map(({ object }) => object));
  return (rendered, message) => (excepted.has(formatRef(rendered.ref)) ? [] : [ruleFinding(rule, rendered, message)]);
}
