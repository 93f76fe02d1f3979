import type { Location } from '../diagnostics/index.js';
import type { Hook, KubeObject, ResolvedComponent } from '../model/index.js';

/** An object on its way: read and well-formed, not placed and labelled yet. */
export interface Draft {
  component: ResolvedComponent;
  object: KubeObject;
  at: Location;
  hook?: Hook;
  keep: boolean;
}

/** How a message names an object: `Deployment/web`. */
export function nameOf(object: KubeObject): string {
  return `${object.kind}/${object.metadata.name}`;
}
