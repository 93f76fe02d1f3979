import { exitCodes } from '../diagnostics/diagnostic.js';
import { ownVersion } from '../lib/version.js';
import type { Look } from '../views/look.js';
import { isGroup, type Entry, type Group } from './command.js';
import { commandTree, rootExamples, sections } from './commands.js';
import { findCommand, type Found } from './find-command.js';
import { watchInterrupts, type Interrupt } from './interrupt.js';
import { createTerminal, openStreams, type Host, type Streams } from './terminal.js';

/** Runs one command line to its end and returns its exit code; nothing is thrown, nothing is left to be written. */
export async function runCommandLine(argv: readonly string[], host: Host): Promise<number> {
  const streams = openStreams(host);
  const terminal = createTerminal(streams, { noColor: wantsNoColor(argv, host.env), verbose: false });
  const interrupt = watchInterrupts(terminal.err);
  try {
    const found = findCommand(argv, commandTree);
    if (found.type === 'command') return await runCommand(found, streams, interrupt);
    terminal.out(found.type === 'version' ? ownVersion() : await helpText(found, terminal.outLook));
    return exitCodes.done;
  } catch (error) {
    const { reportFailure } = await import('./failure.js');
    return reportFailure(error, { where: 'mostik', terminal, signal: interrupt.signal, json: false });
  } finally {
    interrupt.dispose();
    await streams.flush();
  }
}

async function runCommand({ entry, where, rest }: Extract<Found, { type: 'command' }>, streams: Streams, interrupt: Interrupt): Promise<number> {
  const [command, { parseWords }] = await Promise.all([entry.load(), import('./parse.js')]);
  const parsed = parseWords(rest, { command, where, env: streams.env });
  if (parsed.type === 'help') {
    const { outLook, out } = createTerminal(streams, { noColor: wantsNoColor(rest, streams.env), verbose: false });
    out(await helpText({ entry, where }, outLook));
    return exitCodes.done;
  }
  const { values, args } = parsed;
  const terminal = createTerminal(streams, { noColor: values['noColor'] === true, verbose: values['verbose'] === true });
  const { signal } = interrupt;
  // The other program gets Ctrl-C from the terminal itself.
  if (command.passThrough === true) interrupt.dispose();
  try {
    const code = await command.run({ args, values, terminal, signal });
    // A command that came to a good end in spite of Ctrl-C has done what was asked.
    return signal.aborted && code !== exitCodes.done ? exitCodes.interrupted : code;
  } catch (error) {
    const { reportFailure } = await import('./failure.js');
    return reportFailure(error, { where, terminal, signal, json: values['output'] === 'json' && command.ownFailureForm !== true });
  }
}

async function helpText({ entry, where }: { entry?: Entry | Group; where: string }, look: Look): Promise<string> {
  const { commandHelp, groupHelp, rootHelp } = await import('./help.js');
  if (entry === undefined) return rootHelp(sections, rootExamples, look);
  return isGroup(entry) ? groupHelp(entry, look) : commandHelp({ entry, command: await entry.load(), where }, look);
}

/** Usage errors are printed before the flags are read, so this one is looked for by hand. */
function wantsNoColor(argv: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const end = argv.indexOf('--');
  const ours = end < 0 ? argv : argv.slice(0, end);
  return ours.includes('--no-color') || /^(1|true|yes|on)$/i.test(env['MOSTIK_NO_COLOR'] ?? '');
}
