import type { Forward, ForwardNote } from '../operate/forward.js';
import type { Look } from './look.js';
import { table } from './table.js';
import { printable } from './text.js';

/** Shows what is reached where. */
export function forwardsText(forwards: readonly Forward[], look: Look): string {
  const rows = forwards.map(({ component, port, name, url, pod }) => [{ text: component, style: look.style.strong }, name === undefined ? String(port) : `${port} ${name}`, { text: url, style: look.style.good }, pod]);
  return table([{ title: 'COMPONENT' }, { title: 'PORT' }, { title: 'HERE' }, { title: 'POD', flexible: true }], rows, look).join('\n');
}

/** What happened to a forward, in a line. */
export function forwardNoteText({ event, component, pod, from, problem }: ForwardNote): string {
  switch (event) {
    case 'moved':
      return `${component}: ${from === undefined || from === pod ? `goes on with ${pod ?? 'a new pod'}` : `${from} is gone, goes on with ${pod ?? ''}`}`;
    case 'waiting':
      return `${component}: ${pod ?? 'its pod'} is gone; new connections wait for another`;
    case 'failed':
      return `${component}: a connection failed${pod === undefined ? '' : ` at ${pod}`}: ${printable(problem ?? '')}`;
  }
}

/** The published form of forwards. */
export function forwardsJson(forwards: readonly Forward[]): object {
  return { version: 1, forwards };
}
