import { diagnose, exitCodes, MostikError } from '../diagnostics/index.js';
import { defineCommand } from './command.js';
import { text, toggle } from './flag.js';
import { outputFlag } from './platform-flags.js';
import { withSteps } from './platform-world.js';
import { openWorkplace, workArgument, workFlags } from './workplace.js';

/** `mostik forward`: ports of components on this machine. */
export const forwardCommand = defineCommand({
  details: 'COMPONENT alone opens the ports of its Services, COMPONENT:REMOTE one port by number or name, COMPONENT:LOCAL:REMOTE says where. Without LOCAL it is the same number, 8080 for 80, or a free one. When the pod changes, the local port stays and the next connection goes to the new pod.',
  arguments: [{ ...workArgument, description: 'COMPONENT[[:LOCAL]:REMOTE]; a pod or KIND/NAME instead of the component', required: false, rest: true }],
  flags: { ...workFlags, ...outputFlag, all: toggle('Every Service of every component'), address: text('Address of this machine to listen on; others reach it only with one of theirs', { value: 'ADDRESS' }) },
  examples: [
    ['mostik forward web', 'the ports of its Services'],
    ['mostik forward web:8080:80 postgres:5432', 'several at once'],
    ['mostik forward --all', 'a table of all URLs'],
    ['mostik forward pod/web-1:9000 -n shop --context prod', 'on any cluster, also what no Service names'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    if (args.length === 0 && !flags.all) throw new MostikError([diagnose('argument-missing', { where: 'mostik forward', name: 'COMPONENT, or --all' })]);
    const [{ startForwards }, { readWish }, { forwardNoteText, forwardsJson, forwardsText }, { jsonText }] = await Promise.all([
      import('../operate/forward.js'),
      import('../operate/forward-ports.js'),
      import('../views/forward-human.js'),
      import('../views/json.js'),
    ]);
    const wishes = args.map(readWish);
    const forwards = await withSteps(terminal, async (steps) => {
      const workplace = await openWorkplace(flags, { where: 'mostik forward', signal, steps });
      const onNote = (note: Parameters<typeof forwardNoteText>[0]): void => terminal.err(terminal.errLook.style.dim(`· ${forwardNoteText(note)}`));
      return startForwards(workplace, { wishes, all: flags.all, address: flags.address ?? '127.0.0.1', onNote, signal });
    });
    terminal.out(flags.output === 'json' ? jsonText(forwardsJson(forwards)) : forwardsText(forwards, terminal.outLook));
    if (!signal.aborted) await new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }); });
    // Ctrl-C is how it ends.
    return exitCodes.done;
  },
});
