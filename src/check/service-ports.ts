import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { oneOf } from '../lib/describe-value.js';
import { asDict, asList, asNumber, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { fieldPath, placeOf } from './field.js';
import { graphOf } from './graph.js';
import { containersOf, type Pods } from '../model/pods.js';

/**
 * Finds ports of Services that no container of their pods opens. A name that no container has leads nowhere, for certain;
 * a number may be open without being declared.
 */
export function servicePorts(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  return graph.all('/Service').flatMap((service) => {
    const selector = Object.entries(asStrings(asDict(service.object['spec'])['selector']));
    if (service.hook || selector.length === 0) return [];
    const pods = graph.podsIn(service.ref.namespace ?? '').filter(({ labels }) => selector.every(([key, value]) => labels[key] === value));
    return asList(valueAt(service.object, 'spec', 'ports')).flatMap((entry, i) => closed(service, { entry: asDict(entry), i }, pods));
  });
}

interface Opened {
  name?: string;
  number?: number;
  protocol: string;
}

function closed(service: RenderedObject, { entry, i }: { entry: ReturnType<typeof asDict>; i: number }, pods: readonly Pods[]): Diagnostic[] {
  const target = entry['targetPort'] ?? entry['port'];
  const protocol = asString(entry['protocol']) ?? 'TCP';
  return pods.flatMap((each) => {
    const opened = portsOf(each);
    // Where pods declare nothing, nothing can be said of numbers.
    if (typeof target === 'number' && opened.length === 0) return [];
    if (opened.some((port) => port.protocol === protocol && (typeof target === 'number' ? port.number === target : port.name === target))) return [];
    const path = `spec.ports[${asString(entry['name']) || i}]${entry['targetPort'] === undefined ? '.port' : '.targetPort'}`;
    const near = typeof target === 'string' ? didYouMean(target, opened.flatMap(({ name }) => name ?? [])) : undefined;
    const hint = near === undefined ? openedText(opened) : `did you mean ${near}?`;
    const params = { object: formatRef(service.ref), path, port: `${String(target)}/${protocol}`, pods: formatRef(each.of.ref), hint };
    const diagnostic = diagnose('service-port-closed', params, placeOf(service, fieldPath(service.object, path)));
    return [typeof target === 'string' ? { ...diagnostic, severity: 'error' as const } : diagnostic];
  });
}

function portsOf(pods: Pods): Opened[] {
  return containersOf(pods).flatMap(({ container }) =>
    asList(container['ports']).map((port) => {
      const { name, containerPort, protocol } = asDict(port);
      const [named, number] = [asString(name), asNumber(containerPort)];
      return { ...(named === undefined ? {} : { name: named }), ...(number === undefined ? {} : { number }), protocol: asString(protocol) ?? 'TCP' };
    }),
  );
}

function openedText(opened: readonly Opened[]): string {
  if (opened.length === 0) return 'the containers declare no ports';
  return `the containers open ${oneOf(opened.map(({ name, number, protocol }) => `${name === undefined ? '' : `${name} `}${number ?? '?'}/${protocol}`), 'and')}`;
}
