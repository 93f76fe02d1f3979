import { actions, type Action, type Counts } from '../model/index.js';
import type { Rehearsal } from '../rehearse/index.js';
import type { Look } from './look.js';
import { baseText, isDisrupted, outcomeText, refuserText, serviceText } from './rehearsal-words.js';
import { indent, plural, printable, wrap } from './text.js';
import { actionText, countsText, phaseLook, profilesText, simulatedNotice } from './words.js';

/** Objects of one reason that are named before they are only counted. */
const named = 4;

/** Shows how a rehearsal went: what fails and why, the order of waves, what people would notice, and what it cannot know. */
export function rehearsalText(report: Rehearsal, look: Look): string {
  const sections = [heading(report, look), problemLines(report, look), waveLines(report, look), disruptionLines(report, look), unknownLines(report, look), [verdict(report, look)]];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function heading(report: Rehearsal, { style }: Look): string[] {
  const { nodes, base, faults } = report;
  const lines = [`Rehearsal of ${style.strong(report.platform)} ${baseText(report)} on ${plural(nodes.names.length, nodes.from === 'live' ? 'copied node' : 'declared node')}`, style.warn(simulatedNotice)];
  if (report.profiles.length > 0) lines.push(`Profiles: ${profilesText(report.profiles)}`);
  lines.push(style.strong(countsText(countsOf(report))));
  for (const fault of faults) lines.push(style.warn(`Fault: ${fault}`));
  for (const note of base.notes) lines.push(style.warn(`Before the change: ${printable(note)}`));
  return lines;
}

function countsOf({ counts }: Rehearsal): Counts {
  return Object.fromEntries(actions.map((action) => [action, counts[action] ?? 0])) as Counts;
}

function problemLines({ problems, notReady }: Rehearsal, look: Look): string[] {
  const { style } = look;
  // An apply that waits for nothing more does not fail when a fault makes something unready behind its back.
  if (problems.length === 0) return notReady.length === 0 ? [] : [style.strong('Not ready at the end'), ...notReady.map(({ sentence }) => `  ${style.warn('▲')} ${printable(sentence)}`)];
  const lines = [style.strong('What fails')];
  for (const { message, hint, by } of problems) {
    const [first = '', ...rest] = wrap(printable(message), Math.min(look.width, 160) - 4);
    lines.push(`  ${style.bad('✗')} ${first}`, ...indent(rest, 4));
    if (by && by.kind !== 'server') lines.push(`    ${style.dim(refuserText(by))}`);
    if (hint !== undefined) lines.push(...indent(wrap(`→ ${printable(hint)}`, Math.min(look.width, 160) - 4), 4).map(style.note));
  }
  for (const { component, root } of notReady) if (component !== root) lines.push(`  ${style.warn('⊘')} ${component} is not ready because ${root} is not ready`);
  return lines;
}

function waveLines({ waves }: Rehearsal, look: Look): string[] {
  const { style } = look;
  const isUntried = waves.every(({ components }) => components.every(({ phase }) => phase === 'pending'));
  const lines = [isUntried ? `${style.strong('Waves')}  not tried: an apply refuses this plan before it writes anything` : style.strong('Waves')];
  for (const { number, components } of waves) {
    for (const { name, phase, changes, unchanged } of components) {
      const { symbol, paint } = phaseLook(phase, style);
      const counts = countsText(Object.fromEntries(actions.map((action) => [action, changes.filter((change) => change.action === action).length + (action === 'unchanged' ? unchanged : 0)])) as Counts);
      lines.push(`  ${number + 1}  ${paint(symbol)} ${style.strong(name)}  ${paint(phase)}  ${style.dim(counts)}`);
      for (const change of changes) {
        if (change.action !== 'replace' && !change.restarts && !look.verbose) continue;
        const reason = change.reason === undefined ? '' : `  ${style.dim(printable(change.reason))}`;
        lines.push(`       ${actionText(change.action as Action, look)}  ${change.object}${change.restarts ? `  ${style.warn('restarts')}` : ''}${reason}`);
      }
    }
  }
  return lines;
}

function disruptionLines({ services, budgets, pods }: Rehearsal, { style }: Look): string[] {
  const disrupted = services.filter(isDisrupted);
  const lines: string[] = [];
  for (const service of disrupted) lines.push(`  ${service.wentEmpty > 0 || service.after === 0 ? style.bad('✗') : style.warn('▲')} ${service.service}: ${serviceText(service)}`);
  for (const { budget, demanded, least } of budgets) lines.push(`  ${style.bad('✗')} ${budget}: demands ${plural(demanded, 'healthy pod')}, had ${least} at the fewest`);
  if (services.length > 0 && disrupted.length === 0) lines.push(`  ${style.good('✓')} ${plural(services.length, 'Service')} kept every ready endpoint`);
  const turned = pods.filter(({ ended }) => ended > 0);
  if (turned.length > 0) lines.push(`  ${style.dim(`pods: ${turned.map(({ component, started, ended }) => `${component} ${ended} ended, ${started} started`).join('; ')}`)}`);
  return lines.length === 0 ? [] : [style.strong('Disruption (counts; times are no forecast)'), ...lines];
}

function unknownLines({ notExercised, warnings }: Rehearsal, look: Look): string[] {
  const { style } = look;
  const byReason = new Map<string, string[]>();
  for (const { what, why } of notExercised) byReason.set(why, [...(byReason.get(why) ?? []), what]);
  const lines = warnings.length === 0 ? [] : [style.strong('Warnings'), ...warnings.map(({ message }) => `  ${style.warn('▲')} ${printable(message)}`), ''];
  lines.push(style.strong('Not exercised'));
  for (const [why, what] of byReason) {
    const names = look.verbose || what.length <= named ? what.join(', ') : `${what.slice(0, named).join(', ')} and ${what.length - named} more`;
    lines.push(`  ${names}: ${style.dim(printable(why))}`);
  }
  return lines;
}

function verdict(report: Rehearsal, { style }: Look): string {
  const text = `${outcomeText(report)} ${style.dim(`(the rehearsal took ${report.seconds} s)`)}`;
  return report.outcome === 'well' ? `${style.good('✓')} ${text}` : `${style.bad('✗')} ${text}`;
}
