import type { ResolvedPlatform } from '../model/index.js';
import type { DeclaredPods } from '../operate/live-platform.js';

/** Pods of operators, which the owner references of no pod lead to. */
export function declaredPods({ components }: ResolvedPlatform): DeclaredPods {
  return components.flatMap(({ name, namespace, pods }) => pods.map(({ selector }) => ({ component: name, namespace, selector })));
}
