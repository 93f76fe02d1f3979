import { diagnose, MostikError } from '../diagnostics/index.js';
import { defineCommand } from './command.js';
import { toggle } from './flag.js';
import { withSteps } from './platform-world.js';
import { inRawMode, sayChosen, screenOf } from './shell.js';
import { containerFlag, openWorkplace, workArgument, workFlags } from './workplace.js';

/** `mostik run`: a command in a running pod. */
export const runInPodCommand = defineCommand({
  details: 'The exit code of the command is that of mostik (128 + n after signal n); stdin goes to it, stdout and stderr come as they are. Ctrl-C ends the connection: without --tty the command itself may go on in the container.',
  arguments: [workArgument, { name: 'command', description: 'Program and arguments, after --', rest: true }],
  flags: { ...workFlags, ...containerFlag, tty: toggle('Give it a terminal, as an editor or psql wants', { short: 't' }), noStdin: toggle('Leave stdin alone, as in a loop that reads from it') },
  examples: [
    ['mostik run web -- env', 'in a ready pod of the component'],
    ['mostik run postgres -- pg_dump -U postgres shop > shop.sql', 'stdout comes byte by byte'],
    ['mostik run postgres -- psql -U postgres shop < fix.sql', 'stdin goes there'],
    ['mostik run -t postgres -- psql -U postgres', 'with a terminal'],
  ],
  run: async ({ args: [word = '', ...command], flags, terminal, signal }) => {
    if (command.length === 0) throw new MostikError([diagnose('argument-missing', { where: 'mostik run', name: 'a command after COMPONENT --; `mostik shell` opens a shell' })]);
    const { runInPod } = await import('../operate/run-in-pod.js');
    const workplace = await withSteps(terminal, (steps) => openWorkplace(flags, { where: 'mostik run', signal, steps }));
    const raw = flags.tty && terminal.stdin.isTTY === true;
    return inRawMode(terminal, raw, () =>
      runInPod(workplace, {
        word,
        container: flags.container,
        command,
        stdin: flags.noStdin ? undefined : terminal.stdin,
        stdout: terminal.stdout,
        stderr: terminal.stderr,
        terminal: flags.tty ? screenOf(terminal) : undefined,
        onChosen: (chosen) => sayChosen(terminal, chosen),
        signal,
      }),
    );
  },
});
