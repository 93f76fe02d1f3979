import type { EventLine } from '../operate/events.js';
import type { Look } from './look.js';
import { pad } from './width.js';
import { duration, printable } from './text.js';

/** Shows events one a line, newest last: age, how often, component, object, reason and message. */
export function eventsText(events: readonly EventLine[], look: Look, now = Date.now()): string {
  if (events.length === 0) return 'No events: Kubernetes forgets them after an hour';
  const width = Math.max(...events.map(({ component }) => component.length));
  return events.map((event) => eventText(event, look, { now, width })).join('\n');
}

function eventText({ component, type, reason, object, message, count, last }: EventLine, { style }: Look, { now, width }: { now: number; width: number }): string {
  const mark = type === 'Warning' ? style.warn('▲') : style.dim('·');
  const age = pad(duration((now - Date.parse(last)) / 1000), 6);
  const times = count > 1 ? ` ${style.dim(`(${count} times)`)}` : '';
  return `${style.dim(age)} ${mark} ${style.strong(pad(component, width))}  ${object}  ${type === 'Warning' ? style.warn(reason) : reason}: ${printable(message).replaceAll('\n', ' ')}${times}`;
}
