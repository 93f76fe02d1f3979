export { parseRehearsal, requireRehearsed, essenceOf, differences } from './essence.js';
export { noFaults, type Faults } from './faults.js';
export { rehearse, type RehearsalResult, type RehearseListener, type RehearseOptions } from './rehearse.js';
export { Rehearsal, type Essence, type NotExercised, type Problem } from './schema.js';
