import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { fieldPath, placeOf } from './field.js';
import { routesOf } from './routes.js';

/** Finds hosts and paths that two Ingresses of one class want: which of them gets the traffic depends on the controller. */
export function routesTwice(_platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const seen = new Map<string, RenderedObject>();
  return routesOf(desired).flatMap(({ of, taken }) => {
    if (of.hook || isCanary(of)) return [];
    return taken.flatMap(({ host, path, type, from }) => {
      const id = [classOf(of), host, path, type].join('\u0000');
      const other = seen.get(id);
      seen.set(id, other ?? of);
      if (!other) return [];
      const written = host === '*' ? `every host${path}` : `${host}${path}`;
      return [diagnose('route-twice', { object: formatRef(of.ref), route: written, other: formatRef(other.ref) }, placeOf(of, fieldPath(of.object, `${from}.path`)))];
    });
  });
}

function classOf({ object }: RenderedObject): string {
  return asString(valueAt(object, 'spec', 'ingressClassName')) ?? object.metadata.annotations?.['kubernetes.io/ingress.class'] ?? '';
}

/** A second Ingress that takes a part of the traffic on purpose. */
function isCanary({ object }: RenderedObject): boolean {
  return object.metadata.annotations?.['nginx.ingress.kubernetes.io/canary'] === 'true';
}
