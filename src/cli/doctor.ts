import { exitCodes } from '../diagnostics/index.js';
import { doctorText } from '../views/doctor-human.js';
import { jsonText } from '../views/json.js';
import { defineCommand } from './command.js';
import { outputFlag } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik doctor`: whether this machine has what Mostik needs. */
export const doctorCommand = defineCommand({
  details: 'Exit 0, or 1 when something that is needed is missing.',
  flags: { ...outputFlag },
  examples: [['mostik doctor', 'what is there, what is missing, what to do']],
  run: async ({ flags, terminal }) => {
    const { examineMachine } = await import('./examine-machine.js');
    const findings = await withSteps(terminal, () => examineMachine(process.env));
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, findings }) : doctorText(findings, terminal.outLook));
    return findings.some(({ state }) => state === 'failed') ? exitCodes.failed : exitCodes.done;
  },
});
