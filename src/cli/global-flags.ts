import { toggle } from './flag.js';

/** Flags that every command has. */
export const globalFlags = {
  verbose: toggle('Show more: unchanged objects, fields of new ones, every step', { short: 'v' }),
  noColor: toggle('No colour (as NO_COLOR does; FORCE_COLOR asks for it without a terminal)'),
};
