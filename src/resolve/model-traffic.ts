import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { formatPath } from '../model/index.js';
import type { Declared } from './source.js';

/** The share of each version in percent, by component; none when there is one version. */
export interface Division {
  shares: Map<string, number>;
  problems: Diagnostic[];
}

/** Divides the requests for one model of a server between the components that are its versions: one may leave `traffic` out and gets the rest. */
export function divideTraffic(server: Declared, versions: readonly Declared[]): Division {
  // A share that is no number was reported; what follows from its absence would only repeat it.
  if (versions.some(({ broken }) => broken)) return { shares: new Map(), problems: [] };
  const meshed = server.component.modelServer?.kind === 'modelmesh';
  const twice = [...sameModel(server, versions, meshed), ...(meshed ? [] : sameVersion(server, versions))];
  if (meshed) return { shares: new Map(), problems: [...twice, ...versions.filter((each) => trafficOf(each) !== undefined).map((each) => onMesh(server, each))] };
  if (twice.length > 0) return { shares: new Map(), problems: twice };
  const sum = versions.reduce((total, each) => total + (trafficOf(each) ?? 0), 0);
  const open = versions.find((each) => trafficOf(each) === undefined);
  if (open ? sum > 100 : sum !== 100) return { shares: new Map(), problems: [wrongSum(versions, sum, open !== undefined)] };
  if (versions.length === 1) return { shares: new Map(), problems: [] };
  return { shares: new Map(versions.map((each) => [each.name, trafficOf(each) ?? 100 - sum])), problems: [] };
}

function trafficOf({ component }: Declared): number | undefined {
  return component.model?.traffic;
}

function nameOf({ name, component }: Declared): string {
  return component.model?.name ?? name;
}

function sameModel(server: Declared, versions: readonly Declared[], meshed: boolean): Diagnostic[] {
  const [first, ...others] = versions.filter((each) => trafficOf(each) === undefined);
  const hint = `give one of them another \`name:\`${meshed ? '' : ', or a share of the requests: `traffic: 20`'}; a new version in place of the old one is a change of its \`version:\` and \`file:\``;
  return others.map((each) => diagnose('model-twice', { component: each.name, model: nameOf(each), other: first?.name ?? '', server: server.name, hint }, each.locate(['model', 'name'])));
}

function sameVersion(server: Declared, versions: readonly Declared[]): Diagnostic[] {
  const taken = new Map<string, string>();
  return versions.flatMap((each) => {
    const version = each.component.model?.version ?? '';
    const other = taken.get(version);
    if (other !== undefined) return [diagnose('model-version-twice', { component: each.name, model: nameOf(each), version, other, server: server.name }, each.locate(['model', 'version'], 'value'))];
    taken.set(version, each.name);
    return [];
  });
}

function onMesh(server: Declared, { name, locate }: Declared): Diagnostic {
  return diagnose('model-traffic-mesh', { where: whereOf(name), server: server.name }, locate(['model', 'traffic']));
}

function wrongSum(versions: readonly Declared[], sum: number, open: boolean): Diagnostic {
  const sharing = versions.filter((each) => trafficOf(each) !== undefined);
  const last = sharing.at(-1)!;
  const hint = versions.length === 1 ? 'declare the version that gets the rest, or take `traffic` away' : open ? 'the version without `traffic` gets what the others leave' : 'leave it out of one version, which then gets the rest';
  const shares = sharing.map((each) => `${each.name} ${trafficOf(each)}`).join(', ');
  return diagnose('model-traffic-sum', { where: whereOf(last.name), model: nameOf(last), sum, shares, expected: open ? 'at most 100' : '100', hint }, last.locate(['model', 'traffic'], 'value'));
}

function whereOf(name: string): string {
  return formatPath(['spec', 'components', name, 'model', 'traffic']);
}
