import type { Kube } from '../kube/index.js';

/** The same cluster without any way to write to it, dry runs included: a rehearsal only looks at the real one. */
export function readOnly(kube: Kube): Kube {
  const refuse = (): never => {
    throw new Error('a rehearsal never writes to the real cluster');
  };
  return { ...kube, apply: refuse, create: refuse, replace: refuse, patch: refuse, delete: refuse };
}
