import { runSmokeTest } from './run.js';
import { readTargets } from './targets.js';

const DEADLINE_MS = 90_000;

// What `helm test` runs: every enabled service answers /health through its Service, with its database where it has one.
process.exitCode = await runSmokeTest(readTargets(process.env.SMOKE_TARGETS), { deadlineMs: DEADLINE_MS, write: (line) => console.log(line) });
