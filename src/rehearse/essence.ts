import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { digest } from '../lib/canonical-json.js';
import { formatRef, type Desired } from '../model/index.js';
import type { PlanFlags } from '../plan/index.js';
import { Rehearsal, type Essence } from './schema.js';

/**
 * What makes a plan this plan. The objects are those rendered with stand-ins for secrets, so it is the same on every
 * machine, and nothing of it comes from the throw-away cluster.
 */
export function essenceOf(desired: Desired, base: Essence['base'], flags: PlanFlags): Essence {
  const essence = {
    base,
    flags: {
      deleteClaims: [...flags.deleteClaims].sort(),
      deleteCrds: [...flags.deleteCrds].sort(),
      takeOver: [...flags.takeOver].sort(),
      replace: [...flags.replace].sort(),
      allow: [...flags.allow].sort(),
      takePlatform: flags.takePlatform,
    },
    components: Object.fromEntries(desired.components.map((component) => [component.name, digest(component)])),
    objects: Object.fromEntries(desired.objects.map(({ ref, object, hook, keep, component }) => [`${ref.apiVersion} ${formatRef(ref)}`, digest([component, object, hook ?? null, keep])])),
  };
  const { base: _base, ...plan } = essence;
  return { ...essence, digest: digest([desired.name, desired.kubernetes, plan]) };
}

/** Reads a report; what is none is a Diagnostic. */
export function parseRehearsal(content: string, file: string): Rehearsal {
  const invalid = (problem: string): MostikError => new MostikError([diagnose('rehearsal-file-invalid', { file, problem }, { file })]);
  let data: unknown;
  try {
    data = JSON.parse(content);
  } catch {
    throw invalid('it is not JSON');
  }
  const parsed = Rehearsal.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not what was expected'}`);
}

/** Refuses (exit 6) unless the report ended well for exactly this plan; each difference is named. */
export function requireRehearsed(report: Rehearsal, now: { platform: string; essence: Essence }, file: string): void {
  const problems: Diagnostic[] = [];
  if (report.outcome !== 'well') problems.push(diagnose('rehearsal-failed', { file, platform: report.platform, outcome: report.outcome, why: report.problems[0]?.message ?? 'it was not finished' }));
  if (report.platform !== now.platform) problems.push(diagnose('rehearsal-differs', { file, what: `it is about platform ${report.platform}, not ${now.platform}` }));
  else for (const what of differences(report.essence, now.essence).slice(0, 20)) problems.push(diagnose('rehearsal-differs', { file, what }));
  if (problems.length > 0) throw new MostikError(problems);
}

/** Says in words how two plans differ; empty when they are the same. */
export function differences(then: Essence, now: Essence): string[] {
  const found = baseDifferences(then.base, now.base);
  for (const name of new Set([...Object.keys(then.flags), ...Object.keys(now.flags)])) {
    const [before, after] = [JSON.stringify(then.flags[name]), JSON.stringify(now.flags[name])];
    if (before !== after) found.push(`the flags for ${name} were ${before ?? 'not known'} and are ${after ?? 'not known'}`);
  }
  found.push(...mapDifferences(then.components, now.components, (name) => `component ${name}`));
  found.push(...mapDifferences(then.objects, now.objects, (name) => name.slice(name.indexOf(' ') + 1)));
  if (found.length === 0 && then.digest !== now.digest) found.push('it is for another version of Kubernetes');
  return found;
}

function baseDifferences(then: Essence['base'], now: Essence['base']): string[] {
  if (then.kind === 'profile') return [`it started from profile ${then.profiles.join(', ') || 'without a name'}, not from generation ${now.generation} of the cluster`];
  if (then.generation !== now.generation) return [`it started from ${generationText(then.generation)}, the cluster is at ${generationText(now.generation)}`];
  // A rehearsal without a cluster fits the first apply to any.
  return then.cluster !== null && then.cluster !== now.cluster ? ['it started from the state of another cluster'] : [];
}

function generationText(generation: number): string {
  return generation === 0 ? 'nothing' : `generation ${generation}`;
}

function mapDifferences(then: Record<string, string>, now: Record<string, string>, nameOf: (key: string) => string): string[] {
  const found: string[] = [];
  for (const [key, digestThen] of Object.entries(then)) {
    if (!(key in now)) found.push(`${nameOf(key)} is no longer there`);
    else if (now[key] !== digestThen) found.push(`${nameOf(key)}: what it should be has changed`);
  }
  for (const key of Object.keys(now)) if (!(key in then)) found.push(`${nameOf(key)} is new`);
  return found;
}
