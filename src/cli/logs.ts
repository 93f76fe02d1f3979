import { diagnose, exitCodes, MostikError } from '../diagnostics/index.js';
import { defineCommand } from './command.js';
import { list, seconds, text, toggle, wholeNumber } from './flag.js';
import { outputFlag } from './platform-flags.js';
import { withSteps } from './platform-world.js';
import { containerFlag, openWorkplace, workArgument, workFlags } from './workplace.js';

/** Lines of each container before those that are still to come. */
const followTail = 20;

/** `mostik logs`: what containers write. */
export const logsCommand = defineCommand({
  details: 'Lines of all pods in the order of their times. A line that is JSON is shown as time, level, message and the rest as key=value. With --follow it goes on over restarts of containers; new pods of a rollout join, those that end leave.',
  arguments: [{ ...workArgument, description: 'Components, pods, or KIND/NAME such as deployment/web; all components without any', required: false, rest: true }],
  flags: {
    ...workFlags,
    ...containerFlag,
    ...outputFlag,
    follow: toggle('Go on until Ctrl-C', { short: 'f' }),
    since: seconds('Only what is younger, such as 90s, 5m or 1h30m', { value: 'TIME' }),
    tail: wholeNumber('Only the last lines of each container; with --follow 20 without it', { value: 'N', least: 0 }),
    previous: toggle('The run before the last restart'),
    grep: list('Only lines that match this regular expression; letters of both cases unless it has a capital', { short: 'g', value: 'PATTERN' }),
    exclude: text('No lines that match this regular expression', { value: 'PATTERN' }),
    timestamps: toggle('Whole times before each line'),
    raw: toggle('As the containers wrote it: no pod, no columns'),
  },
  examples: [
    ['mostik logs', 'every component'],
    ['mostik logs web api -f', 'two components, live'],
    ['mostik logs web --since 10m --grep "timeout|refused"', 'what went wrong'],
    ['mostik logs deployment/web --previous', 'why the container ended'],
    ['mostik logs pod/web-1 -n shop --context prod --raw > web.log', 'on any cluster, as it came'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const greps = flags.grep.map((pattern) => patternOf('--grep', pattern));
    const exclude = flags.exclude === undefined ? undefined : patternOf('--exclude', flags.exclude);
    const [{ readLogs }, { logJson, logNoteText, logText }] = await Promise.all([import('../operate/logs.js'), import('../views/logs-human.js')]);
    const workplace = await withSteps(terminal, (steps) => openWorkplace(flags, { where: 'mostik logs', signal, steps }));
    const closed = new AbortController();
    const show = flags.output === 'json' ? logJson : logText({ raw: flags.raw, timestamps: flags.timestamps, grep: greps[0] }, terminal.outLook);
    await readLogs(workplace, {
      words: args,
      container: flags.container,
      sinceSeconds: flags.since,
      tail: flags.tail ?? (flags.follow && flags.since === undefined ? followTail : undefined),
      previous: flags.previous,
      follow: flags.follow,
      onLine: (line) => {
        const wanted = greps.every((pattern) => pattern.test(line.text)) && exclude?.test(line.text) !== true;
        // An empty line is a line too.
        if (wanted && !terminal.out(`${show(line)}\n`)) closed.abort();
      },
      onNote: (note) => terminal.err(terminal.errLook.style.dim(`· ${logNoteText(note)}`)),
      signal: AbortSignal.any([signal, closed.signal]),
    });
    // Ctrl-C is how following ends.
    return exitCodes.done;
  },
});

function patternOf(flag: string, pattern: string): RegExp {
  try {
    return new RegExp(pattern, /[A-Z]/.test(pattern.replace(/\\[A-Z]/g, '')) ? '' : 'i');
  } catch (error) {
    const hint = error instanceof Error ? error.message : '';
    throw new MostikError([diagnose('flag-invalid', { where: `mostik logs ${flag}`, expected: 'a regular expression', value: JSON.stringify(pattern), hint })]);
  }
}
