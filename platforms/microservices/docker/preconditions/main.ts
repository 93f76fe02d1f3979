import { runPreconditions } from './run.js';

// What the chart's pre-install and pre-upgrade hook runs.
process.exitCode = await runPreconditions({ environment: process.env, write: (line) => console.log(line) });
