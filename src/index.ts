/** What a platform file in TypeScript imports from `mostik`; nothing else is public. */
import type { z } from 'zod';
import type * as schema from './model/schema.js';

/** A platform as it is written, before defaults are filled in: what `platform.yaml` may hold. */
export type Platform = z.input<typeof schema.Platform>;
/** A part of a platform with one source: `chart`, `use`, `manifests` or `workload`. */
export type Component = z.input<typeof schema.Component>;
/** What a profile may change. */
export type Profile = z.input<typeof schema.Profile>;
/** Where the platform runs. */
export type ClusterSpec = z.input<typeof schema.ClusterSpec>;
/** A node of an embedded cluster. */
export type NodeSpec = z.input<typeof schema.NodeSpec>;
/** How a secret value comes to be. */
export type SecretSpec = z.input<typeof schema.SecretSpec>;
/** A path of traffic out of a component. */
export type Uses = z.input<typeof schema.Uses>;
/** A small native workload. */
export type WorkloadSource = z.input<typeof schema.WorkloadSource>;

/** Returns the platform as it is: `export default definePlatform({ ... })` gives an editor its types. */
export function definePlatform(platform: Platform): Platform {
  return platform;
}

/** Returns the component as it is; mistakes in it are reported at this call: `web: component({ chart: 'charts/web' })`. */
export function component<T extends Component>(fields: T): T {
  return fields;
}
