import { formatRef, type ApplyEvent } from '../model/index.js';
import type { Look } from './look.js';
import { isDone, objectText, openObjects, readiness, waitsFor, type ComponentProgress, type Progress } from './progress.js';
import { duration, plural, printable } from './text.js';
import { phaseLook } from './words.js';

/** The line that tells of an event where there is no terminal; undefined for what would only be noise. */
export function eventLine(progress: Progress, event: ApplyEvent, { look, now }: { look: Look; now: number }): string | undefined {
  const time = look.style.dim(clock(progress, now));
  if (event.type === 'note') return `${time} ${printable(event.message)}`;
  if (event.type === 'component') {
    const { symbol, paint } = phaseLook(event.phase, look.style);
    const component = progress.components.get(event.component);
    const counts = component && (event.phase === 'healthy' || event.phase === 'waiting') ? ` ${countsOf(component)}` : '';
    return `${time} ${paint(symbol)} ${event.component} ${paint(event.phase)}${counts}${tail(event.reason)}`;
  }
  // The component's line follows with the same reason.
  if (!look.verbose) return undefined;
  const { symbol, paint } = phaseLook(event.phase === 'failed' ? 'failed' : 'waiting', look.style);
  return `${time} ${paint(symbol)} ${event.component} ${formatRef(event.ref)} ${event.action} ${paint(event.phase)}${tail(event.reason)}`;
}

/** The line that says, when nothing happened for a while, that it goes on and what it waits for. */
export function heartbeatLine(progress: Progress, { look, now }: { look: Look; now: number }): string {
  const components = [...progress.components.values()];
  const running = components.filter(({ phase }) => phase === 'applying' || phase === 'waiting');
  const done = components.filter(isDone).length;
  const reasons = running.map((component) => {
    const open = openObjects(component)[0];
    return `${component.name} ${countsOf(component)}${tail(open === undefined ? waitsFor(component, progress) : objectText(open))}`;
  });
  const what = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return `${look.style.dim(clock(progress, now))} … ${done} of ${plural(components.length, 'component')} done${printable(what)}`;
}

function countsOf(component: ComponentProgress): string {
  const { ready, total } = readiness(component);
  return `${ready}/${total}`;
}

function tail(reason: string | undefined): string {
  return reason === undefined || reason === '' ? '' : `: ${printable(reason)}`;
}

function clock(progress: Progress, now: number): string {
  return duration((now - progress.startedAt) / 1000).padStart(6);
}
