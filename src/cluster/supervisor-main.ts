import { basename, dirname, resolve } from 'node:path';
import { readClusterIn } from './record.js';
import { supervise } from './supervisor.js';

/** The supervisor's process: `node supervisor-main.js FOLDER`, started detached, its output going to a log. */
const folder = resolve(process.argv[2] ?? '');
const record = readClusterIn(folder);
if (!record) {
  console.error(`${basename(dirname(folder))}: no cluster.json in ${folder}`);
  process.exit(3);
}
await supervise(record);
process.exit(0);
