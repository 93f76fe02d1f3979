import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { dateOf, formatRef, type Desired, type PolicyException, type ResolvedPlatform } from '../model/index.js';
import { shippedPolicies } from '../catalog/policies.js';

/** Days before its end from which an exception is mentioned. */
const soonDays = 14;

/** Finds exceptions that have ended, that end soon, and that let nothing through. */
export function exceptions(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  return exceptionsOn(platform, desired, new Date());
}

/** The same on a given day. */
export function exceptionsOn(platform: ResolvedPlatform, desired: Desired, now: Date): Diagnostic[] {
  const today = dateOf(now);
  const soon = dateOf(new Date(now.getTime() + soonDays * 24 * 3600 * 1000));
  const objects = desired.objects.map(({ ref }) => formatRef(ref));
  return platform.policies.exceptions.flatMap((exception, index) => {
    const { rule, object, until, reason } = exception;
    const at = platform.locate(['policies', 'exceptions', index], 'value');
    if (until < today) return [diagnose('exception-ended', { rule, object, until }, at)];
    const unused = whyUnused(exception, platform, objects);
    if (unused) return [diagnose('exception-unused', { rule, object, ...unused }, at)];
    return until <= soon ? [diagnose('exception-ends-soon', { rule, object, until, reason }, at)] : [];
  });
}

function whyUnused({ rule, object }: PolicyException, { policies: { rules } }: ResolvedPlatform, objects: readonly string[]): { problem: string; hint: string } | undefined {
  if (!rules.some(({ id }) => id === rule)) {
    const shipped = shippedPolicies();
    if (shipped.has(rule)) return { problem: 'the rule is not in force', hint: 'name it in spec.policies.enforce or warn, or take the exception away' };
    const near = didYouMean(rule, [...rules.map(({ id }) => id), ...shipped.keys()]);
    return { problem: 'there is no such rule', hint: near ? `did you mean ${near}?` : 'an exception names one rule by its id, not a group' };
  }
  if (objects.includes(object)) return undefined;
  const near = didYouMean(object, objects);
  return { problem: 'there is no such object in this platform', hint: near ? `did you mean ${near}?` : 'objects are written Kind/namespace/name' };
}
