import { dirFlag } from './choose-cluster.js';
import type { Argument } from './command.js';
import { outputFlag, platformFlags, targetFlags } from './platform-flags.js';

/** Components of a running platform, by name. */
export const componentsArgument: Argument = { name: 'component', description: 'Components; all without any', rest: true, complete: 'components' };

/** One component. */
export const componentArgument: Argument = { name: 'component', description: 'Component of the platform', required: true, complete: 'components' };

/** Flags of the daily commands: which platform, which cluster. */
export const dailyFlags = { ...dirFlag, ...platformFlags, ...targetFlags, ...outputFlag };
