import type { RunInPod } from '../operate/run-in-pod.js';
import { defineCommand } from './command.js';
import type { Terminal } from './terminal.js';
import { withSteps } from './platform-world.js';
import { containerFlag, openWorkplace, workArgument, workFlags } from './workplace.js';

/** `mostik shell`: a shell in a running pod. */
export const shellCommand = defineCommand({
  details: 'Takes a ready pod of the component, and bash where the image has it, else sh. The exit code of the shell is that of mostik. What is piped in is run as a script.',
  arguments: [workArgument],
  flags: { ...workFlags, ...containerFlag },
  examples: [
    ['mostik shell web', 'in a ready pod of the component'],
    ['mostik shell postgres-0 -c postgres', 'in one container of one pod'],
    ['mostik shell pod/web-1 -n shop --context prod', 'on any cluster, without a platform'],
    ['echo "ls /tmp" | mostik shell web', 'a script'],
  ],
  run: async ({ args: [word = ''], flags, terminal, signal }) => {
    const { runInPod } = await import('../operate/run-in-pod.js');
    const workplace = await withSteps(terminal, (steps) => openWorkplace(flags, { where: 'mostik shell', signal, steps }));
    const isTerminal = terminal.stdin.isTTY === true && terminal.stdout.isTTY === true;
    return inRawMode(terminal, isTerminal, () =>
      runInPod(workplace, {
        word,
        container: flags.container,
        stdin: terminal.stdin,
        stdout: terminal.stdout,
        stderr: terminal.stderr,
        terminal: isTerminal ? screenOf(terminal) : undefined,
        onChosen: (chosen) => sayChosen(terminal, chosen),
        signal,
      }),
    );
  },
});

/** Hands every key to the pod while `work` goes on, Ctrl-C included; the terminal is put back whatever happens. */
export async function inRawMode<T>({ stdin }: Terminal, isTerminal: boolean, work: () => Promise<T>): Promise<T> {
  if (!isTerminal) return work();
  stdin.setRawMode?.(true);
  try {
    return await work();
  } finally {
    stdin.setRawMode?.(false);
  }
}

/** The terminal that a command in a pod is given. */
export function screenOf({ stdout }: Terminal): NonNullable<RunInPod['terminal']> {
  return {
    name: process.env['TERM'] ?? 'xterm',
    onResize: (tell) => {
      const now = (): void => tell(stdout.columns ?? 80, stdout.rows ?? 24);
      now();
      stdout.on('resize', now);
      return () => { stdout.off('resize', now); };
    },
  };
}

/** Says which pod it is, where there was a choice. */
export function sayChosen(terminal: Terminal, { pod, container, of }: { pod: string; container: string; of: number }): void {
  if (of > 1 || terminal.errLook.verbose) terminal.err(terminal.errLook.style.dim(`${pod}, container ${container} (of ${of} pods)`));
}
