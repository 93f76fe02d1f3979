import { environmentName, readFlag, type Flags } from './flag.js';

/**
 * The value that the environment gives a flag; undefined when it says nothing. Read here and not by the parser, because a
 * parser takes any value of a switch for yes: `MOSTIK_YES=false` must not apply.
 */
export function fromEnvironment(flags: Flags, key: string, env: NodeJS.ProcessEnv): unknown {
  const flag = flags[key];
  const name = environmentName(key);
  const given = env[name];
  if (flag === undefined || given === undefined || (given === '' && flag.value !== undefined)) return undefined;
  const parts = flag.repeats ? given.split(',').filter((part) => part !== '') : [given];
  return parts.reduce<unknown>((before, text) => readFlag(flag, { name, text, before }), flag.initial);
}
