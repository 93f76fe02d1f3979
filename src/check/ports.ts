import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { containersOf, podsOf } from '../model/pods.js';

/** Finds ports of nodes that two workloads want: their pods cannot share a node. */
export function hostPorts(_platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const taken = new Map<string, { of: RenderedObject; address: string }[]>();
  const diagnostics: Diagnostic[] = [];
  for (const pods of podsOf(desired.objects)) {
    const hostNetwork = pods.spec['hostNetwork'] === true;
    for (const { container } of containersOf(pods)) {
      for (const entry of asList(container['ports']).map(asDict)) {
        const port = asNumber(entry['hostPort']) ?? (hostNetwork ? asNumber(entry['containerPort']) : undefined);
        if (port === undefined || port === 0) continue;
        const protocol = asString(entry['protocol']) ?? 'TCP';
        const address = asString(entry['hostIP']) ?? '';
        const others = taken.get(`${port}/${protocol}`) ?? [];
        const other = others.find((each) => each.of !== pods.of && overlap(each.address, address));
        if (other) diagnostics.push(diagnose('host-port-twice', { object: formatRef(pods.of.ref), port, protocol, other: formatRef(other.of.ref) }, pods.of.at));
        taken.set(`${port}/${protocol}`, [...others, { of: pods.of, address }]);
      }
    }
  }
  return diagnostics;
}

/** Finds node ports that two Services want: the API server refuses the second one. */
export function nodePorts(_platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const taken = new Map<string, RenderedObject>();
  const diagnostics: Diagnostic[] = [];
  for (const of of desired.objects) {
    if (of.ref.kind !== 'Service' || of.ref.apiVersion !== 'v1') continue;
    for (const entry of asList(valueAt(of.object, 'spec', 'ports')).map(asDict)) {
      const port = asNumber(entry['nodePort']);
      if (port === undefined || port === 0) continue;
      const protocol = asString(entry['protocol']) ?? 'TCP';
      const other = taken.get(`${port}/${protocol}`);
      if (other) diagnostics.push(diagnose('node-port-twice', { object: formatRef(of.ref), port, protocol, other: formatRef(other.ref) }, of.at));
      else taken.set(`${port}/${protocol}`, of);
    }
  }
  return diagnostics;
}

function overlap(a: string, b: string): boolean {
  return isAny(a) || isAny(b) || a === b;
}

function isAny(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::';
}
