import { z } from 'zod';

const text = z.string();
const count = z.int().min(0);

const Diagnostic = z
  .looseObject({ code: text, severity: z.enum(['error', 'warning', 'info']), message: text, hint: text.optional() })
  .describe('A finding, as every command prints it');

const Base = z.strictObject({
  kind: z.enum(['nothing', 'generation', 'profile', 'live']).describe('What the change was rehearsed upon'),
  generation: count.describe('Generation of the target cluster that was staged; 0 for none'),
  cluster: text.nullable().describe('Identity of the target cluster (uid of its namespace kube-system); null where none was read'),
  profiles: z.array(text),
  ready: z.boolean().describe('Whether everything staged became ready before the change'),
  notes: z.array(text),
});

const Essence = z
  .strictObject({
    base: z.strictObject({ kind: z.enum(['nothing', 'generation', 'profile', 'live']), generation: count, cluster: text.nullable(), profiles: z.array(text) }),
    flags: z.record(text, z.union([z.boolean(), z.array(text)])),
    components: z.record(text, text).describe('Digest of each component: its order, timeout and whether it holds data'),
    objects: z.record(text, text).describe('Digest of each desired object, rendered with stand-ins for secrets'),
    digest: text.describe('Digest of these, without the base'),
  })
  .describe('What makes a plan this plan: it is the same wherever it is made');

const Problem = z.strictObject({
  kind: z.enum(['check', 'plan', 'refusal', 'not-ready', 'hook', 'failed', 'removal']),
  component: text.optional(),
  object: text.optional(),
  by: z.strictObject({ kind: z.enum(['policy', 'quota', 'limits', 'pod-security', 'webhook', 'server']), name: text.optional() }).optional().describe('Who refused'),
  message: text,
  hint: text.optional(),
});

const NotReady = z.strictObject({
  component: text,
  root: text.describe('The component at the end of the chain'),
  chain: z.array(z.strictObject({ kind: z.enum(['component', 'object', 'pod']), subject: text, text })),
  sentence: text,
});

const WaveComponent = z.strictObject({
  name: text,
  phase: z.enum(['pending', 'applying', 'waiting', 'healthy', 'failed', 'timeout', 'skipped', 'unchanged']),
  reason: text.optional(),
  changes: z.array(z.strictObject({ action: text, object: text, restarts: z.boolean(), reason: text.optional(), fields: z.array(z.strictObject({ path: text, before: z.unknown().optional(), after: z.unknown().optional() })) })),
  unchanged: count,
});

const ServiceDisruption = z.strictObject({ service: text, component: text, before: count, least: count, after: count, wentEmpty: count.describe('How often it lost its last ready endpoint') });
const BudgetDisruption = z.strictObject({ budget: text, component: text, demanded: count, before: count, least: count });
const PodTurnover = z.strictObject({ component: text, started: count, ended: count });
const NotExercised = z.strictObject({ what: text, why: text });

/** How a rehearsal went: what `mostik rehearse --report` writes. */
export const Rehearsal = z.strictObject({
  version: z.literal(1),
  tool: z.literal('mostik'),
  toolVersion: text,
  platform: text,
  profiles: z.array(text),
  kubernetes: text,
  outcome: z.enum(['well', 'failed', 'interrupted']).describe('failed: an apply of this plan would fail'),
  base: Base,
  essence: Essence,
  nodes: z.strictObject({ from: z.enum(['declared', 'live']), names: z.array(text) }),
  counts: z.record(text, count),
  problems: z.array(Problem).describe('Everything that makes it fail'),
  notReady: z.array(NotReady),
  waves: z.array(z.strictObject({ number: count, components: z.array(WaveComponent) })).describe('In the order they were applied'),
  replacements: z.array(z.strictObject({ object: text, component: text, reason: text })),
  restarts: z.array(z.strictObject({ object: text, component: text })).describe('Workloads whose pods start anew'),
  pods: z.array(PodTurnover).describe('Pods that started and ended during the change'),
  services: z.array(ServiceDisruption).describe('Ready endpoints during the change: counts, never times'),
  budgets: z.array(BudgetDisruption).describe('PodDisruptionBudgets whose demand was not met'),
  faults: z.array(text),
  warnings: z.array(Diagnostic),
  notExercised: z.array(NotExercised).describe('What the rehearsal cannot know'),
  seconds: z.number().describe('How long the rehearsal itself took; no forecast'),
});
export type Rehearsal = z.infer<typeof Rehearsal>;
export type RehearsalBase = Rehearsal['base'];
export type Essence = Rehearsal['essence'];
export type Problem = Rehearsal['problems'][number];
export type NotExercised = Rehearsal['notExercised'][number];
export type Refuser = NonNullable<Problem['by']>;
