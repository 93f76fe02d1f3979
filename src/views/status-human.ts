import { formatRef, type ComponentStatus, type PlatformStatus } from '../model/index.js';
import type { Look } from './look.js';
import { table, type Cell, type Column } from './table.js';
import { printable } from './text.js';
import { healthLook, profilesText, simulatedNotice } from './words.js';

const columns: Column[] = [{ title: 'COMPONENT / OBJECT' }, { title: 'HEALTH' }, { title: 'REASON', flexible: true }];

/** Shows a platform as a tree of components and objects with reasons; healthy objects only when all of them are asked for. */
export function statusText(status: PlatformStatus, look: Look): string {
  const { style } = look;
  const generation = status.generation === null ? 'nothing applied yet' : `generation ${status.generation} ${status.phase}`;
  const lines = [`${style.strong(status.platform)}  ${generation}  profiles: ${profilesText(status.profiles)}`];
  if (status.simulated) lines.push(style.warn(simulatedNotice));
  if (status.components.length === 0) return lines.join('\n');
  const rows = status.components.flatMap((component) => componentRows(component, look));
  return [...lines, '', ...table(columns, rows, look), '', healthCounts(status)].join('\n');
}

function componentRows(component: ComponentStatus, look: Look): Cell[][] {
  const objects = component.objects.filter(({ health }) => look.verbose || health.status !== 'healthy');
  const hidden = component.objects.length - objects.length;
  const lastOf = (index: number) => index === objects.length - 1 && hidden === 0;
  const rows: Cell[][] = objects.map(({ ref, health }, index) => [
    `${lastOf(index) ? '└' : '├'} ${formatRef(ref)}`,
    healthCell(health.status, look),
    printable(health.reason),
  ]);
  if (hidden > 0) rows.push([{ text: `└ ${hidden} healthy`, style: look.style.dim }, '', '']);
  // An object below says the same and more.
  const reason = objects.length > 0 ? '' : printable(component.health.reason);
  const { stopped } = component;
  const state: Cell = stopped && component.health.status === 'healthy' ? { text: '■ stopped', style: look.style.warn } : healthCell(component.health.status, look);
  return [[{ text: component.name, style: look.style.strong }, state, stopped ? stoppedText(stopped) : reason], ...rows];
}

function healthCell(status: ComponentStatus['health']['status'], look: Look): Cell {
  const { symbol, paint } = healthLook(status, look.style);
  return { text: `${symbol} ${status}`, style: paint };
}

function stoppedText({ by, since }: NonNullable<ComponentStatus['stopped']>): string {
  return printable(`by ${by} since ${since}`);
}

function healthCounts({ components }: PlatformStatus): string {
  const stopped = components.filter((component) => component.stopped !== undefined && component.health.status === 'healthy').length;
  const healthy = components.filter(({ health }) => health.status === 'healthy').length - stopped;
  return `${healthy} of ${components.length} components healthy${stopped > 0 ? `, ${stopped} stopped` : ''}`;
}
