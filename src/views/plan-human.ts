import { stripVTControlCharacters } from 'node:util';
import { formatLocation } from '../diagnostics/index.js';
import { actions, countChanges, formatRef, isWrite, type Action, type Change, type Counts, type Plan } from '../model/index.js';
import { diagnosticsText } from './diagnostics.js';
import { fieldLines } from './fields.js';
import type { Look } from './look.js';
import { indent, plural, printable, wrap } from './text.js';
import { widthOf } from './width.js';
import { actionText, countsText, profilesText, simulatedNotice } from './words.js';

/** What a plan's text says besides the plan. */
export interface PlanNotes {
  /** The command that applies it, once nothing stands in the way. */
  applyCommand?: string;
  simulated?: boolean;
  /** Errors are printed by what refuses the plan, so they are left out here. */
  errorsFollow?: boolean;
}

const dangers: ReadonlySet<Action> = new Set<Action>(['conflict', 'replace', 'delete', 'keep']);

/** Shows a plan: what heads it, counts, dangers with their reasons, changes by component, one summary line, what to do next. */
export function planText(plan: Plan, look: Look, notes: PlanNotes = {}): string {
  const changes = plan.changes.map(({ change }) => change);
  const counts = countChanges(changes);
  const sections = [
    heading(plan, counts, { look, simulated: notes.simulated === true }),
    dangerLines(changes, look),
    ...componentSections(plan, changes, look),
    diagnosticsText(plan.diagnostics.filter(({ severity }) => severity !== 'error' || notes.errorsFollow !== true), look).split('\n'),
    ending(plan, counts, look, notes.applyCommand),
  ];
  return sections
    .filter((lines) => lines.some((line) => line !== ''))
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** The line that ends every plan: `Plan: 3 to create, 1 to update, 2 unchanged`. */
export function planSummary(counts: Counts): string {
  return `Plan: ${countsText(counts)}`;
}

/** How many changes an apply of this plan would make: what a question asks about. */
export function writeCount(plan: Plan): number {
  return plan.changes.filter(({ change }) => isWrite(change.action)).length;
}

const titles = { apply: 'Plan for', rollback: 'Rollback of', destroy: 'Destroy' } as const;

function heading(plan: Plan, counts: Counts, { look, simulated }: { look: Look; simulated: boolean }): string[] {
  const { style } = look;
  const lines = [`${titles[plan.kind]} ${style.strong(plan.platform)} on ${plan.cluster.server} (Kubernetes ${plan.cluster.version})`];
  if (simulated) lines.push(style.warn(simulatedNotice));
  const before = profilesText(plan.base.profiles);
  const after = profilesText(plan.profiles);
  if (plan.kind !== 'destroy' && plan.base.generation > 0 && before !== after) {
    lines.push(style.warn(`Profile changes: ${before} -> ${after} (generation ${plan.base.generation} was made with ${before})`));
  } else if (plan.kind !== 'destroy' && plan.profiles.length > 0) {
    lines.push(`${plan.profiles.length === 1 ? 'Profile' : 'Profiles'}: ${after}`);
  }
  lines.push(style.strong(countsText(counts)));
  return lines;
}

function dangerLines(changes: Change[], look: Look): string[] {
  const found = changes.filter((change) => dangers.has(change.action));
  if (found.length === 0) return [];
  const ordered = [...found].sort((a, b) => actions.indexOf(a.action) - actions.indexOf(b.action) || compareNames(a, b));
  return [look.style.strong('Dangers'), ...ordered.flatMap((change) => indent(changeLines(change, look, true), 2))];
}

/** Deletions have no order of their own. */
function compareNames(a: Change, b: Change): number {
  const name = ({ component, ref }: Change): string => `${component} ${formatRef(ref)}`;
  return name(a) < name(b) ? -1 : 1;
}

function componentSections(plan: Plan, changes: Change[], look: Look): string[][] {
  const byComponent = new Map<string, Change[]>(plan.components.map(({ name }) => [name, []]));
  for (const change of changes) {
    const list = byComponent.get(change.component) ?? [];
    list.push(change);
    byComponent.set(change.component, list);
  }
  const sections: string[][] = [];
  for (const [component, all] of byComponent) {
    const shown = all.filter((change) => !dangers.has(change.action) && (look.verbose || change.action !== 'unchanged'));
    if (shown.length === 0) continue;
    const unchanged = all.filter((change) => change.action === 'unchanged').length;
    const lines = shown.flatMap((change) => indent(changeLines(change, look, false), 2));
    if (unchanged > 0 && !look.verbose) lines.push(look.style.dim(`  ${unchanged} unchanged`));
    sections.push([look.style.strong(component), ...lines]);
  }
  return sections;
}

function changeLines(change: Change, look: Look, named: boolean): string[] {
  const { style } = look;
  const marks: string[] = [];
  if (named) marks.push(`(${change.component})`);
  if (change.hook) marks.push(`${change.hook.event}, weight ${change.hook.weight}`);
  if (change.restarts) marks.push(style.warn('restarts'));
  if (change.notDryRun !== undefined) marks.push(style.dim(`not dry-run: ${change.notDryRun}`));
  const head = [actionText(change.action, look), formatRef(change.ref), ...marks].join('  ');
  const reason = change.reason === undefined || change.reason === `${change.hook?.event ?? ''} hook` ? '' : printable(change.reason);
  const fits = widthOf(stripVTControlCharacters(head)) + 4 + widthOf(reason) <= Math.min(look.width, 100);
  const notes = reason === '' || fits ? [] : wrap(reason, look.width - 8, widthOf);
  if (change.managers !== undefined && change.managers.length > 0) notes.push(`takes over fields of ${change.managers.join(', ')}`);
  if (look.verbose && change.at) notes.push(`from ${formatLocation(change.at)}`);
  const fields = fieldsShown(change, look) ? fieldLines(change.fields, { ...look, width: look.width - 6 }) : [];
  return [fits && reason !== '' ? `${head}  ${style.dim(reason)}` : head, ...indent(notes.map(style.dim), 4), ...indent(fields, 4)];
}

/** Every field of an object that comes or goes would bury the changes that matter. */
function fieldsShown(change: Change, look: Look): boolean {
  return look.verbose || (change.action !== 'create' && change.action !== 'delete' && change.action !== 'run');
}

function ending(plan: Plan, counts: Counts, look: Look, applyCommand: string | undefined): string[] {
  const lines = [look.style.strong(planSummary(counts))];
  const writes = writeCount(plan);
  const unasked = plan.changes.filter(({ change }) => change.notDryRun !== undefined).length;
  if (unasked > 0) lines.push(look.style.dim(`${plural(unasked, 'object')} could not be dry-run by the server; validated from files only`));
  if (counts.conflict > 0) lines.push(`${plural(counts.conflict, 'conflict')} to solve first: nothing is applied until then`);
  else if (writes === 0) lines.push(nothingToDo(plan.kind, counts));
  else if (applyCommand !== undefined) lines.push(`Apply it with: ${applyCommand}`);
  return lines;
}

function nothingToDo(kind: Plan['kind'], counts: Counts): string {
  if (kind !== 'destroy') return 'Nothing to do: the cluster is as the files say';
  return counts.keep > 0 ? 'Nothing to do: only what is kept is left' : 'Nothing to do: nothing of this platform is in the cluster';
}
