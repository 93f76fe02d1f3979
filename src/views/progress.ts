import { formatRef, keyOf, type Action, type ApplyEvent, type ComponentPhase, type ObjectRef, type Plan } from '../model/index.js';
import { plural } from './text.js';

/** An object on its way. */
export interface ObjectProgress {
  ref: ObjectRef;
  action: Action;
  phase: Extract<ApplyEvent, { type: 'object' }>['phase'] | 'pending';
  reason?: string;
}

/** A component on its way. Times are in milliseconds of the caller's clock. */
export interface ComponentProgress {
  name: string;
  after: string[];
  phase: ComponentPhase;
  /** It is no longer declared: its objects go, nothing of it is waited for. */
  leaving: boolean;
  reason?: string;
  startedAt?: number;
  endedAt?: number;
  objects: Map<string, ObjectProgress>;
  /** Health was asked for, so an object that is only written has nothing to wait for. */
  judged: boolean;
}

/** What is known of a running apply: both printers, the live table and the plain lines, read it. */
export interface Progress {
  startedAt: number;
  components: Map<string, ComponentProgress>;
}

/** Starts the record of an apply: every component of the plan, in its order. */
export function startProgress(plan: Plan, now: number): Progress {
  const progress: Progress = { startedAt: now, components: new Map() };
  for (const { name, after } of plan.components) progress.components.set(name, newComponent(name, { after, leaving: plan.kind === 'destroy' }));
  for (const { change } of plan.changes) {
    if (change.action === 'keep' || change.action === 'conflict') continue;
    const component = componentOf(progress, change.component);
    const phase = change.action === 'unchanged' ? 'healthy' : 'pending';
    component.objects.set(objectKey(change.ref, change.action), { ref: change.ref, action: change.action, phase });
  }
  return progress;
}

/** Takes one event in; returns true when a component or an object changed its phase, or there is a note to tell. */
export function recordEvent(progress: Progress, event: ApplyEvent, now: number): boolean {
  if (event.type === 'note') return true;
  const component = componentOf(progress, event.component);
  return event.type === 'component' ? recordComponent(component, event, now) : recordObject(component, event);
}

/** Tells whether a component will not move any more. */
export function isOver(phase: ComponentPhase): boolean {
  return phase === 'healthy' || phase === 'unchanged' || phase === 'failed' || phase === 'timeout' || phase === 'skipped';
}

/** Tells whether a component is where it ends: a verdict, or all of it gone. */
export function isDone(component: ComponentProgress): boolean {
  const { ready, total } = readiness(component);
  return isOver(component.phase) || (component.leaving && ready === total);
}

/** What a component waits for: its own reason, else the objects that are not there yet, else components before it. */
export function waitsFor(component: ComponentProgress, progress: Progress): string {
  if (component.reason !== undefined && component.reason !== '') return component.reason;
  const open = isOver(component.phase) ? [] : openObjects(component);
  if (open.length > 1) return plural(open.length, 'object');
  if (open[0] !== undefined) return objectText(open[0]);
  if (component.phase !== 'pending' || component.leaving) return '';
  const before = component.after.filter((name) => {
    const other = progress.components.get(name);
    return other !== undefined && other.phase !== 'healthy' && other.phase !== 'unchanged';
  });
  return before.length === 0 ? '' : `after ${before.join(', ')}`;
}

/** How many objects of a component are where they should be: `ready` of `total`. */
export function readiness(component: ComponentProgress): { ready: number; total: number } {
  const total = component.objects.size;
  if (component.phase === 'healthy' || component.phase === 'unchanged') return { ready: total, total };
  const isReady = ({ phase, action }: ObjectProgress) => phase === 'healthy' || (phase === 'written' && (component.judged || action === 'delete'));
  return { ready: [...component.objects.values()].filter(isReady).length, total };
}

/** Objects of a component that it waits for, or that failed. */
export function openObjects(component: ComponentProgress): ObjectProgress[] {
  return [...component.objects.values()].filter(({ phase }) => phase === 'waiting' || phase === 'failed');
}

/** An object with its reason, as it stands in a table or a line. */
export function objectText({ ref, reason }: ObjectProgress): string {
  return reason === undefined || reason === '' ? formatRef(ref) : `${formatRef(ref)}: ${reason}`;
}

function recordComponent(component: ComponentProgress, event: Extract<ApplyEvent, { type: 'component' }>, now: number): boolean {
  const changed = component.phase !== event.phase;
  component.phase = event.phase;
  if (event.reason === undefined) delete component.reason;
  else component.reason = event.reason;
  if (event.phase !== 'pending') component.startedAt ??= now;
  if (isOver(event.phase)) component.endedAt ??= now;
  return changed;
}

function recordObject(component: ComponentProgress, event: Extract<ApplyEvent, { type: 'object' }>): boolean {
  const key = objectKey(event.ref, event.action);
  const known = component.objects.get(key);
  if (event.action !== 'run' && (event.phase === 'waiting' || event.phase === 'healthy')) component.judged = true;
  const next: ObjectProgress = { ref: event.ref, action: event.action, phase: event.phase };
  if (event.reason !== undefined) next.reason = event.reason;
  component.objects.set(key, next);
  return known?.phase !== event.phase;
}


/** A hook may run more than once around one component, and an object may be deleted in one wave and run in another. */
function objectKey(ref: ObjectRef, action: Action): string {
  return `${action === 'run' || action === 'delete' ? action : ''}:${keyOf(ref)}`;
}

function componentOf(progress: Progress, name: string): ComponentProgress {
  let component = progress.components.get(name);
  if (component === undefined) {
    component = newComponent(name, { after: [], leaving: true });
    progress.components.set(name, component);
  }
  return component;
}

function newComponent(name: string, { after, leaving }: { after: string[]; leaving: boolean }): ComponentProgress {
  return { name, after, leaving, phase: 'pending', objects: new Map(), judged: false };
}
