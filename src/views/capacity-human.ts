import { formatAmount, type CapacityReport, type NodeUse, type QuotaUse, type Resources, type Verdict, type WorkloadVerdict } from '../capacity/index.js';
import { formatRef } from '../model/index.js';
import type { Look, Style } from './look.js';
import { table, type Cell, type Column } from './table.js';
import { indent, plural, printable, wrap } from './text.js';

/** What capacity was judged against. */
export interface CapacityView {
  platform: string;
  report: CapacityReport;
  /** `3 declared nodes`, `the nodes of kind-shop`; none where no nodes are known. */
  nodes: string | undefined;
}

/** Shows what becomes of every workload's pods, and how full the nodes are. */
export function capacityText({ platform, report, nodes }: CapacityView, look: Look): string {
  const { style } = look;
  const head = nodes === undefined ? `${style.strong(platform)}  no nodes are known: only quotas and LimitRanges are judged` : `${style.strong(platform)} on ${nodes}`;
  const parts = [head, workloadTable(report.workloads, look).join('\n')];
  const together = report.shortages.map(({ of, missing, reason }) => style.bad(`✗ at least ${plural(missing, 'pod')} of ${of.map(formatRef).join(', ')} will not run`) + `: ${printable(reason)}`);
  if (together.length > 0) parts.push(together.join('\n'));
  if (report.refusedClaims.length > 0) parts.push(report.refusedClaims.map(({ of, reason }) => `${style.bad(`✗ ${formatRef(of)} is refused`)}: ${printable(reason)}`).join('\n'));
  if (report.quotas.length > 0) parts.push(quotaTable(report.quotas, look).join('\n'));
  if (report.nodes.length > 0) parts.push(nodeTable(report.nodes, look).join('\n'));
  return [...parts, summary(report, style)].join('\n\n');
}

function workloadTable(workloads: readonly WorkloadVerdict[], look: Look): string[] {
  if (workloads.length === 0) return ['nothing here makes pods'];
  const columns: Column[] = [{ title: 'COMPONENT' }, { title: 'WORKLOAD', flexible: true }, { title: 'PODS', right: true }, { title: 'CPU', right: true }, { title: 'MEMORY', right: true }, { title: 'VERDICT' }];
  const rows = workloads.flatMap((found): (Cell[] | string)[] => [
    [found.component, formatRef(found.of), String(found.pods), amountText(found.requests, 'cpu'), amountText(found.requests, 'memory'), verdictCell(found, look.style)],
    ...notes(found).flatMap((note) => noteLines(note, look)),
  ]);
  return table(columns, rows, look);
}

function amountText(requests: Resources, resource: string): string {
  return requests[resource] === undefined ? '-' : formatAmount(resource, requests[resource]);
}

function verdictCell({ verdict, missing, ends }: WorkloadVerdict, style: Style): Cell {
  const when = ends ? ' when it runs' : '';
  const pods = missing.least === missing.most || missing.least > 0 ? missing.least : missing.most;
  return { text: `${symbols[verdict]} ${verdict === 'pending' || verdict === 'refused' ? `${pods} ${verdict}` : verdict}${when}`, style: styleOf(verdict, style) };
}

const symbols: Record<Verdict, string> = { fits: '✓', 'may not fit': '▲', pending: '✗', refused: '✗', unknown: '?' };

function styleOf(verdict: Verdict, style: Style): (text: string) => string {
  switch (verdict) {
    case 'fits':
      return style.good;
    case 'may not fit':
      return style.warn;
    case 'pending':
    case 'refused':
      return style.bad;
    case 'unknown':
      return style.dim;
  }
}

/** What is told below a workload: why not, and what a rollout or an autoscaler would meet. */
function notes({ verdict, reason, absent, tried, rollout, scaled }: WorkloadVerdict): string[] {
  const own = verdict === 'fits' || verdict === 'unknown' ? [] : [absent === undefined ? reason : `no node has ${absent}: ${reason}`];
  if (tried) own.push(tried.failed === 0 ? `none of ${plural(tried.orders, 'order')} that were tried leaves one out` : `${tried.failed} of ${plural(tried.orders, 'order')} that were tried leave some out`);
  if (rollout && rollout.verdict !== 'fits' && rollout.verdict !== 'unknown') own.push(`a rollout ${rollout.verdict === 'may not fit' ? 'may be' : 'would be'} stuck, it needs one pod more: ${rollout.reason}`);
  if (scaled && scaled.verdict !== 'unknown') own.push(`up to ${scaled.pods} pods by ${formatRef(scaled.by)}: ${scaled.verdict}${scaled.reason === '' ? '' : `, ${scaled.reason}`}`);
  return own;
}

function noteLines(note: string, look: Look): string[] {
  const [first = '', ...rest] = wrap(printable(note), Math.min(look.width, 140) - 6);
  return [`    ${look.style.dim('└')} ${first}`, ...indent(rest, 6)];
}

function quotaTable(quotas: readonly QuotaUse[], look: Look): string[] {
  const rows = quotas.map(({ quota, resource, hard, wanted, passing, others }): Cell[] => {
    const bar = barCell({ there: hard, wanted: wanted + passing, others, resource }, look.style);
    return [formatRef(quota), resource, bar];
  });
  return table([{ title: 'QUOTA' }, { title: 'RESOURCE' }, { title: 'WANTED' }], rows, look);
}

/** Nodes shown unless all are asked for. */
const shownNodes = 24;

function nodeTable(nodes: readonly NodeUse[], look: Look): string[] {
  const shown = look.verbose ? nodes : nodes.slice(0, shownNodes);
  const resources = [...new Set(nodes.flatMap(({ use }) => use.map(({ resource }) => resource)))].filter((resource) => resource === 'cpu' || resource === 'memory' || resource === 'pods' || nodes.some(({ use }) => use.some((each) => each.resource === resource && each.there > 0 && each.wanted + each.others >= 0)));
  const columns = [{ title: 'NODE' }, ...resources.map((resource) => ({ title: resource.toUpperCase() }))];
  const rows = shown.map(({ name, use }): Cell[] => [
    name,
    ...resources.map((resource) => {
      const found = use.find((each) => each.resource === resource);
      return !found || (found.there === 0 && found.wanted === 0) ? '-' : barCell(found, look.style);
    }),
  ]);
  const hidden = nodes.length - shown.length;
  const hasOthers = nodes.some(({ use }) => use.some(({ others }) => others > 0));
  const legend = `one placement of many: ${full} this platform${hasOthers ? `, ${other} others` : ''}, ${free} free`;
  return [...table(columns, [...rows, ...(hidden > 0 ? [`${plural(hidden, 'more node')}: -v shows all`] : [])], look), look.style.dim(legend)];
}

const [full, other, free] = ['█', '▒', '░'];
const barWidth = 10;

/** `██████░░░░ 2.4/4 60%` */
function barCell({ there, wanted, others, resource }: { there: number; wanted: number; others: number; resource: string }, style: Style): Cell {
  const share = there === 0 ? (wanted > 0 ? Infinity : 0) : (wanted + others) / there;
  const cells = (amount: number): number => (there === 0 ? 0 : Math.min(barWidth, Math.ceil((amount / there) * barWidth - 1e-9)));
  const mine = cells(wanted);
  const theirs = Math.min(barWidth - mine, cells(others));
  const bar = full.repeat(mine) + other.repeat(theirs) + free.repeat(barWidth - mine - theirs);
  const paint = share > 1 ? style.bad : share >= 0.9 ? style.warn : (text: string): string => text;
  const percent = share === Infinity ? '' : ` ${Math.round(share * 100)}%`;
  return { text: `${bar} ${formatAmount(resource, wanted + others)}/${formatAmount(resource, there)}${percent}`, style: paint };
}

function summary({ workloads, shortages, refusedClaims, quotas }: CapacityReport, style: Style): string {
  const count = (...verdicts: Verdict[]): number => workloads.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const bad = count('pending', 'refused');
  const isBad = bad + shortages.length + refusedClaims.length + quotas.filter(({ wanted, others, hard }) => wanted + others > hard).length > 0;
  const parts = [bad > 0 ? `${plural(bad, 'workload')} will not run whole` : '', count('may not fit') > 0 ? `${count('may not fit')} may not` : '', count('fits') > 0 ? `${count('fits')} fit` : '', count('unknown') > 0 ? `${count('unknown')} not judged` : ''];
  const text = parts.filter((part) => part !== '').join(', ');
  if (isBad) return style.bad(`✗ ${text}`);
  return count('may not fit') > 0 ? style.warn(`▲ ${text}`) : style.good(`✓ ${text === '' ? 'nothing to place' : text}`);
}
