import type { NotReady } from '../apply/index.js';
import type { ComponentStatus } from '../model/index.js';
import type { PodLine, StatusDetails } from '../operate/status-details.js';
import type { Look } from './look.js';
import { table, type Cell } from './table.js';
import { duration, plural, printable } from './text.js';

/** Days before its end at which a certificate is shown without being asked for. */
const soon = 30;

/** What runs of a platform: what needs a look and the addresses; everything when `look` is verbose. */
export function detailsText(details: StatusDetails, look: Look, now = Date.now()): string {
  const all = look.verbose;
  const pods = details.pods.filter((pod) => all || isTelling(pod));
  const claims = details.claims.filter(({ phase }) => all || phase !== 'Bound');
  const scalers = details.autoscalers.filter(({ replicas, max, metrics }) => all || replicas >= max || metrics.some((metric) => metric.includes('unknown')));
  const certificates = details.certificates.filter(({ ready, ends }) => all || !ready || (ends !== undefined && daysUntil(ends, now) < soon));
  const parts = [
    podsPart(pods, look),
    section('Services', [{ title: 'SERVICE' }, { title: 'TYPE' }, { title: 'ADDRESS' }, { title: 'OUTSIDE' }, { title: 'PORTS', flexible: true }], all ? details.services.map(({ object, type, address, external, ports }) => [object, type, address, external.join(', ') || '-', ports.join('; ')]) : [], look),
    section('Addresses', [{ title: 'COMPONENT' }, { title: 'URL' }, { title: 'BY', flexible: true }], details.urls.map(({ component, url, object }) => [component, { text: url, style: look.style.note }, object]), look),
    section('Claims', [{ title: 'CLAIM' }, { title: 'COMPONENT' }, { title: 'PHASE' }, { title: 'SIZE', right: true }, { title: 'CLASS', flexible: true }], claims.map((claim) => [claim.object, claim.component, { text: claim.phase, style: claim.phase === 'Bound' ? look.style.good : look.style.warn }, claim.size, claim.class]), look),
    section('Autoscalers', [{ title: 'AUTOSCALER' }, { title: 'TARGET' }, { title: 'REPLICAS' }, { title: 'METRICS', flexible: true }], scalers.map(({ object, target, replicas, min, max, metrics }) => [object, target, `${replicas} (${min} to ${max})`, metrics.join(', ')]), look),
    section('Certificates', [{ title: 'CERTIFICATE' }, { title: 'READY' }, { title: 'ENDS' }, { title: 'REASON', flexible: true }], certificates.map(({ object, ready, ends, reason }) => [object, { text: ready ? 'yes' : 'no', style: ready ? look.style.good : look.style.bad }, ends === undefined ? '-' : `${ends.slice(0, 10)} (${plural(daysUntil(ends, now), 'day')})`, printable(reason ?? '')]), look),
  ].filter((lines) => lines.length > 0);
  const quiet = all ? [] : [summary(details)];
  return [...quiet, ...parts.map((lines) => ['', ...lines].join('\n'))].join('\n');
}

/** Shows why components are not ready, a chain each. */
export function whyText(why: readonly NotReady[], components: readonly ComponentStatus[], look: Look): string {
  const stopped = components.flatMap(({ name, stopped: one }) => (one ? [`${look.style.warn('■')} ${look.style.strong(name)} ${printable(`was stopped by ${one.by} ${one.since}`)}`] : []));
  if (why.length === 0) return [...stopped, look.style.good(stopped.length > 0 ? '✓ everything else is ready' : '✓ every component is ready')].join('\n');
  const chains = why.map(({ component, chain }) => {
    const links = chain.slice(1).map(({ kind, subject, text }, i) => `${'  '.repeat(i + 1)}${look.style.dim('because')} ${kind === 'component' || subject === 'its pods' ? `${subject} ${printable(text)}` : `${subject}: ${printable(text)}`}`);
    return [`${look.style.bad('✗')} ${look.style.strong(component)} ${chain[0]?.text ?? 'is not ready'}`, ...links].join('\n');
  });
  return [...stopped, ...chains].join('\n');
}

/** A pod that a person wants to see without asking: not ready, going, or restarted. */
function isTelling({ state, ready, containers, restarts }: PodLine): boolean {
  return state !== 'Completed' && (state !== 'Running' || ready < containers || restarts > 0);
}

function podsPart(pods: readonly PodLine[], look: Look): string[] {
  const bad = ({ ready, containers, state }: PodLine): boolean => state !== 'Completed' && ready < containers;
  return section(
    'Pods',
    [{ title: 'POD' }, { title: 'COMPONENT' }, { title: 'READY' }, { title: 'STATE' }, { title: 'RESTARTS', right: true }, { title: 'AGE', right: true }, { title: 'REASON', flexible: true }],
    pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.component, `${pod.ready}/${pod.containers}`, { text: pod.state, style: bad(pod) ? look.style.warn : look.style.good }, String(pod.restarts), duration(pod.ageSeconds), printable(pod.reason ?? '')]),
    look,
  );
}

function section(title: string, columns: Parameters<typeof table>[0], rows: Cell[][], look: Look): string[] {
  return rows.length === 0 ? [] : [look.style.strong(title), ...table(columns, rows, look)];
}

/** One line for what is not listed: `6 of 6 pods ready, 2 claims, 1 autoscaler; -v lists all`. */
function summary({ pods, claims, autoscalers, certificates }: StatusDetails): string {
  const running = pods.filter(({ state }) => state !== 'Completed');
  const ready = running.filter((pod) => pod.ready === pod.containers && pod.state === 'Running').length;
  const others = [[claims.length, 'claim'], [autoscalers.length, 'autoscaler'], [certificates.length, 'certificate']] as const;
  return [`${ready} of ${plural(running.length, 'pod')} ready`, ...others.flatMap(([count, word]) => (count > 0 ? [plural(count, word)] : []))].join(', ');
}

function daysUntil(time: string, now: number): number {
  return Math.floor((Date.parse(time) - now) / 86_400_000);
}
