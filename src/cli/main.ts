import { runCommandLine } from './run.js';

// The exit is said outright: an open connection must not keep a finished command alive.
process.exit(await runCommandLine(process.argv.slice(2), process));
