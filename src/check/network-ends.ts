import { isIP } from 'node:net';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import type { ResolvedPlatform } from '../model/index.js';
import { addressEndpoint, containerPorts, ingressControllers, isEmpty, ownEndpoints, parseRange, portsOf, protocols, servedPorts, targetsOf, unionOf, type Endpoint, type PlatformEndpoints, type PortSet, type Protocol } from '../network/index.js';

/** One end of a path, as somebody names it: a component, an object, a place, an address. */
export interface End {
  name: string;
  endpoints: readonly Endpoint[];
}

/** Names of places that are no component. */
export const placeNames = ['ingress', 'dns', 'kubernetes-api', 'monitoring', 'internet'] as const;

/** Finds what a name stands for; a component of the name of a place wins over the place. Throws when it stands for nothing. */
export function findEnd(text: string, flag: 'from' | 'to', { platform, around }: { platform: ResolvedPlatform; around: PlatformEndpoints }): End {
  const endpoints = endpointsNamed(text, flag, { platform, around });
  if (endpoints.length > 0) return { name: text, endpoints };
  const known = [...platform.components.map(({ name }) => name), ...placeNames];
  const near = didYouMean(text, [...known, ...around.workloads.map(({ id }) => id)]);
  const there = platform.components.some(({ name }) => name === text);
  const problem = there ? 'it makes no pods' : text === 'ingress' || text === 'monitoring' ? `the platform does not say where it runs` : 'no component, object or place has this name';
  const hint = there ? 'pods that an operator makes are declared under pods:' : text === 'ingress' ? 'spec.cluster.provides: [ingress-nginx]' : text === 'monitoring' ? 'spec.network.monitoring: NAMESPACE' : near ? `did you mean ${near}?` : 'a component, Kind/name, ingress, dns, kubernetes-api, monitoring, internet, or an IP address';
  throw new MostikError([diagnose('network-end-unknown', { flag: `--${flag}`, text, problem, hint })]);
}

function endpointsNamed(text: string, flag: 'from' | 'to', { platform, around }: { platform: ResolvedPlatform; around: PlatformEndpoints }): readonly Endpoint[] {
  if (platform.components.some(({ name }) => name === text)) return flag === 'from' ? ownEndpoints(text, around) : targetsOf(text, around);
  const { dns, api, internet, monitoring } = around.places;
  switch (text) {
    case 'ingress':
      return ingressControllers(platform, around).map(({ endpoint }) => endpoint);
    case 'dns':
      return [dns];
    case 'kubernetes-api':
      return [api];
    case 'internet':
      return [internet];
    case 'monitoring':
      return monitoring ? [monitoring] : [];
    default:
      if (isIP(text) !== 0 || parseRange(text)) return [addressEndpoint(text, [text])];
      return around.workloads.filter(({ id }) => id === text || withoutNamespace(id) === text);
  }
}

function withoutNamespace(id: string): string {
  const [kind = '', , ...name] = id.split('/');
  return [kind, ...name].join('/');
}

/** Reads `--port`: a number, a number with its protocol (`53/UDP`), or what a Service or container of the target calls it. */
export function findPorts(text: string, to: readonly Endpoint[], around: PlatformEndpoints): { of: Endpoint; port: number; protocol: Protocol }[] {
  const [, digits, word] = /^(\d+)(?:\/(TCP|UDP|SCTP))?$/i.exec(text) ?? [];
  const protocol = protocols.find((each) => each === word?.toUpperCase()) ?? 'TCP';
  const found = to.flatMap((of) => {
    if (digits !== undefined && Number(digits) >= 1 && Number(digits) <= 65535) {
      // A Service port means the port of the pods behind it, as in the edges of a platform file.
      const behind = servedPorts(around.servicesAt(of), of, (port) => port.port === Number(digits) && port.protocol === protocol);
      return isEmpty(behind) ? [{ of, port: Number(digits), protocol }] : listOf(behind).map((each) => ({ of, ...each }));
    }
    const named = unionOf([servedPorts(around.servicesAt(of), of, ({ name }) => name === text), ...of.ports.filter(({ name }) => name === text).map((each) => portsOf(each.protocol, each.port))]);
    return listOf(named).map((each) => ({ of, ...each }));
  });
  if (found.length > 0) return found;
  const known = [...new Set(to.flatMap((of) => listOf(heardPorts(of, around)).map(({ port }) => port)))];
  throw new MostikError([diagnose('flag-invalid', { where: '--port', expected: 'a port such as 5432, 53/UDP, or the name of a port of the target', value: JSON.stringify(text), hint: known.length > 0 ? `It has ${known.join(', ')}` : '' })]);
}

/** The ports on which something is known to listen. */
export function heardPorts(endpoint: Endpoint, { servicesAt }: PlatformEndpoints): PortSet {
  return unionOf([servedPorts(servicesAt(endpoint), endpoint), containerPorts(endpoint)]);
}

/** Single ports of a set; of a long range its first. */
export function listOf(set: PortSet): { port: number; protocol: Protocol }[] {
  return protocols.flatMap((protocol) => set[protocol].flatMap(([first, last]) => Array.from({ length: last - first < 20 ? last - first + 1 : 1 }, (_, i) => ({ port: first + i, protocol }))));
}
