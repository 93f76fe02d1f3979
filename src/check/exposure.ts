import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { formatRef, type Desired, type ResolvedPlatform } from '../model/index.js';
import { routesOf } from './routes.js';

/**
 * Finds components that say `expose:` while nothing they render lets the traffic in (native workloads get their Ingress from
 * render), and hosts that are let in by a component which does not say so.
 */
export function exposure(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const routes = routesOf(desired);
  const missing = platform.components.flatMap(({ name, source, expose, locate }) => {
    if (!expose || source.kind === 'workload' || source.kind === 'model-server') return [];
    const own = routes.filter(({ of }) => of.component === name);
    if (own.length === 0) return [diagnose('expose-without-ingress', { component: name, host: expose.host }, locate(['expose']))];
    const all = [...new Set(own.flatMap(({ hosts }) => hosts))];
    if (all.some((host) => serves(host, expose.host))) return [];
    return [diagnose('expose-other-host', { component: name, host: expose.host, found: all.join(', ') }, locate(['expose', 'host']))];
  });
  // Where nobody says `expose:`, it is not how this platform describes its outside.
  const exposed = platform.components.filter(({ expose }) => expose !== undefined);
  if (exposed.length === 0) return missing;
  const unsaid = routes.flatMap(({ of, hosts }) => {
    if (of.hook || exposed.some(({ name }) => name === of.component)) return [];
    const others = [...new Set(hosts)].filter((host) => !exposed.some(({ expose }) => expose && serves(host, expose.host)));
    return others.map((host) => diagnose('host-not-exposed', { object: formatRef(of.ref), component: of.component, host: host === '*' ? 'every host' : host, example: host === '*' ? 'HOST' : host }, of.at));
  });
  return [...missing, ...unsaid];
}

function serves(pattern: string, host: string): boolean {
  if (pattern === '*' || pattern === host) return true;
  return pattern.startsWith('*.') && host.endsWith(pattern.slice(1)) && !host.slice(0, -pattern.length + 1).includes('.');
}
