import type { NotReady } from '../apply/index.js';
import type { Diagnostic } from '../diagnostics/index.js';
import { formatRef, keyOf, type ApplyEvent, type ApplyResult, type Plan } from '../model/index.js';
import { refuserOf } from './refusals.js';
import type { Problem } from './schema.js';

/** Where problems are looked for. */
export interface ProblemSources {
  plan: Plan;
  findings: readonly Diagnostic[];
  refused: readonly Diagnostic[];
  result: ApplyResult | undefined;
  events: readonly ApplyEvent[];
  notReady: readonly NotReady[];
}

/** Everything that makes a rehearsal fail, each cause once: findings of checks, refusals, what did not become ready, removals. */
export function findProblems({ plan, findings, refused, result, events, notReady }: ProblemSources): Problem[] {
  const checks = findings.filter(({ severity }) => severity === 'error').map((finding): Problem => fromDiagnostic('check', finding));
  const planned = refused.filter(({ severity }) => severity === 'error').map((diagnostic) => planProblem(diagnostic, plan));
  return [...checks, ...planned, ...(result && result.outcome !== 'succeeded' ? applyProblems(result, { events, notReady }) : [])];
}

function fromDiagnostic(kind: Problem['kind'], { message, hint }: Diagnostic): Problem {
  return { kind, message, ...(hint === undefined ? {} : { hint }) };
}

/** What the server refused in a dry run names who refused; the rest is the plan's own. */
function planProblem(diagnostic: Diagnostic, plan: Plan): Problem {
  const conflict = plan.changes.find(({ change }) => change.action === 'conflict' && diagnostic.message.startsWith(`${formatRef(change.ref)}:`))?.change;
  if (!conflict) return fromDiagnostic('plan', diagnostic);
  const named = { component: conflict.component, object: formatRef(conflict.ref) };
  if (diagnostic.code !== 'plan-refused') return { ...fromDiagnostic('plan', diagnostic), ...named };
  return { ...fromDiagnostic('refusal', diagnostic), ...named, by: refuserOf(diagnostic.message) };
}

function applyProblems(result: ApplyResult, { events, notReady }: Pick<ProblemSources, 'events' | 'notReady'>): Problem[] {
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const event of events) {
    if (event.type !== 'object' || event.phase !== 'failed' || event.reason === undefined) continue;
    const base = { component: event.component, object: formatRef(event.ref), message: event.reason };
    if (event.action === 'run') problems.push({ kind: 'hook', ...base });
    else if (isRefusal(event, events)) problems.push({ kind: 'refusal', ...base, by: refuserOf(event.reason) });
    else continue;
    told.add(event.component);
  }
  // Components held up by another one are told by that one's chain.
  for (const { component, root, sentence, chain } of notReady) {
    if (component !== root || told.has(component)) continue;
    const refusal = chain.find(({ subject }) => subject === 'its pods');
    const object = chain.find(({ kind }) => kind === 'object')?.subject;
    problems.push({ kind: refusal ? 'refusal' : 'not-ready', component, ...(object === undefined ? {} : { object }), ...(refusal ? { by: refuserOf(refusal.text) } : {}), message: sentence });
    told.add(component);
  }
  for (const { name, phase, reason } of result.components) {
    if ((phase === 'failed' || phase === 'timeout') && !told.has(name) && !notReady.some(({ component }) => component === name)) problems.push({ kind: 'failed', component: name, message: `${name}: ${reason ?? phase}` });
  }
  return [...problems, ...result.diagnostics.map((diagnostic) => fromDiagnostic('removal', diagnostic))];
}

/** A write that failed: the object was neither written nor waited for. */
export function isRefusal(failure: Extract<ApplyEvent, { type: 'object' }>, events: readonly ApplyEvent[]): boolean {
  const key = keyOf(failure.ref);
  return failure.action !== 'delete' && !events.some((event) => event.type === 'object' && (event.phase === 'written' || event.phase === 'waiting') && keyOf(event.ref) === key);
}
