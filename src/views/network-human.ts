import type { Cell, NetworkMatrix, PathReport, PolicyReport, SideReport } from '../check/network-report.js';
import { formatLocation } from '../diagnostics/index.js';
import type { Look, Style } from './look.js';
import { pad, widthOf } from './width.js';
import { plural, printable } from './text.js';

/** Explains paths, policy by policy. Paths that get the same answer from the same rules are told once. */
export function pathsText(paths: readonly PathReport[], look: Look): string {
  if (paths.length === 0) return 'no path: both ends are the same pods';
  const groups = new Map<string, PathReport[]>();
  for (const path of paths) {
    const key = JSON.stringify({ ...path, port: undefined, protocol: undefined });
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  const parts = [...groups.values()].map((group) => pathText(group, look));
  const wrong = paths.filter(({ agrees }) => !agrees).length;
  const verdict = wrong === 0 ? look.style.good(`✓ ${plural(paths.length, 'path')} as declared`) : look.style.bad(`✗ ${wrong} of ${plural(paths.length, 'path')} not as declared`);
  return [...parts, verdict].join('\n\n');
}

function pathText(group: readonly PathReport[], { style }: Look): string {
  const path = group[0]!;
  const ports = group.map(({ port, protocol }) => (protocol === 'TCP' ? String(port) : `${port}/${protocol}`)).join(', ');
  const lines = [`${style.strong(`${printable(path.from)} → ${printable(path.to)} on ${ports}`)}  ${stateText(path, style)}`, `  ${declaredText(path, style)}`];
  for (const note of path.notes) lines.push(`  ${style.warn(`▲ ${printable(note)}`)}`);
  if (path.itself) return [...lines, '  a pod always reaches itself, whatever its policies say'].join('\n');
  return [...lines, ...sideLines('egress', path.egress, style), ...sideLines('ingress', path.ingress, style)].join('\n');
}

function stateText({ state }: PathReport, style: Style): string {
  switch (state) {
    case 'open':
      return style.strong('● open');
    case 'partly':
      return style.warn('◐ open for some addresses');
    case 'closed':
      return style.strong('○ closed');
  }
}

function declaredText({ declared, agrees, itself, state }: PathReport, style: Style): string {
  const mark = agrees ? style.good('✓') : style.bad('✗');
  if (itself) return `${mark} its own pod`;
  if (declared) return `${mark} declared by ${declaration[declared.by]} of ${declared.component} (${formatLocation(declared.at)})`;
  return `${mark} ${state === 'closed' ? 'nothing declares it' : 'open, although nothing declares it'}`;
}

/** What in a platform file declares a path. */
const declaration: Readonly<Record<NonNullable<PathReport['declared']>['by'], string>> = {
  itself: 'being one component: all pods',
  component: 'uses',
  dns: 'what every pod needs: the DNS',
  'kubernetes-api': 'uses: kubernetes-api',
  ingress: 'uses: ingress',
  webhook: 'uses: webhook',
  cidr: 'uses: cidr',
  expose: 'expose',
  'front-door': 'the outer Service',
  monitoring: 'network.monitoring: the metrics',
  scaler: 'uses, for the scaler',
};

function sideLines(direction: 'egress' | 'ingress', { endpoint, state, policies }: SideReport, style: Style): string[] {
  const words = direction === 'egress' ? 'leaves' : 'enters';
  if (policies.length === 0) return [`  ${direction.padEnd(7)} ${style.good('●')} ${words} ${printable(endpoint)}: no NetworkPolicy selects it`];
  const mark = state === 'open' ? style.good('●') : state === 'partly' ? style.warn('◐') : style.bad('○');
  return [`  ${direction.padEnd(7)} ${mark} ${state === 'closed' ? `does not ${direction === 'egress' ? 'leave' : 'enter'}` : words} ${printable(endpoint)}`, ...policies.flatMap((policy) => policyLines(policy, style))];
}

function policyLines({ policy, rules }: PolicyReport, style: Style): string[] {
  const through = rules.filter(({ missing }) => missing === undefined);
  const near = rules.filter(({ missing }) => missing === 'peer' || missing === 'port');
  const head = through.length > 0 ? '' : rules.length === 0 ? ': allows nothing' : `: ${plural(rules.length, 'rule')}, none for it`;
  const shown = through.length > 0 ? through : near;
  return [`            ${printable(policy)}${style.dim(head)}`, ...shown.map(({ rule, words, missing, partly }) => `              ${missing === undefined ? style.good('✓') : style.dim('·')} ${rule} ${printable(words)}${missing === undefined ? (partly ? style.warn(' (some addresses)') : '') : style.dim(` (another ${missing})`)}`)];
}

/** Shows who reaches whom as a grid, then each open path with its ports. */
export function matrixText(matrix: NetworkMatrix, { style }: Look): string {
  const { from, to, cells, guarded } = matrix;
  if (from.length === 0 || to.length === 0) return 'no component of this platform makes pods';
  const width = Math.max(...from.map(widthOf), 'from'.length);
  const number = (index: number): string => String(index + 1).padStart(3);
  const head = `${pad('from', width)}  to ${to.map((_, i) => number(i)).join('')}`;
  const rows = from.map((name, row) => `${pad(printable(name), width)}     ${cells[row]!.map((cell) => `  ${symbolOf(cell, style)}`).join('')}`);
  const names = to.map((name, i) => `${number(i)} ${printable(name)}`);
  const legend = `${style.good('●')} open   ○ closed   ${style.bad('✗')} declared, but closed   ${style.bad('!')} open, but not declared   - itself`;
  const paths = from.flatMap((start, row) => to.flatMap((end, column) => lineOf(start, end, cells[row]![column]!, style)));
  const notice = guarded ? [] : ['', style.warn('▲ there is no NetworkPolicy: everything is open. spec.network.policies: generated makes them')];
  return [style.dim(head), ...rows, '', ...names, '', legend, ...(paths.length > 0 ? ['', ...paths] : []), ...notice].join('\n');
}

function symbolOf({ state }: Cell, style: Style): string {
  switch (state) {
    case 'itself':
      return style.dim('-');
    case 'open':
      return style.good('●');
    case 'closed':
      return style.dim('○');
    case 'cut':
      return style.bad('✗');
    case 'undeclared':
      return style.bad('!');
  }
}

function lineOf(from: string, to: string, { state, ports }: Cell, style: Style): string[] {
  if (state === 'itself' || state === 'closed') return [];
  const mark = state === 'open' ? style.good('●') : state === 'cut' ? style.bad('✗') : style.bad('!');
  const tail = state === 'open' ? '' : state === 'cut' ? style.bad('  declared, but closed') : style.bad('  not declared');
  return [`${mark} ${printable(from)} → ${printable(to)}  ${ports}${tail}`];
}
