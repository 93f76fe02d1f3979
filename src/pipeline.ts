import type { Desired, Plan, ResolvedPlatform } from './model/index.js';

/** What a user names on the command line: where the platform is and how it is varied. */
export interface Inputs {
  /** Folder of the platform file, or the file. */
  dir: string;
  /** Names of profiles, in order; none means the platform's default. */
  profiles: string[];
  /** Files of `-f`. */
  overlays: string[];
  /** `component.path=value` of `--set`. */
  sets: string[];
}
export type { Desired, Plan, ResolvedPlatform };
