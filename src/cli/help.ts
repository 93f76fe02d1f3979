import type { Look } from '../views/look.js';
import { wrap } from '../views/text.js';
import type { Argument, Command, Entry, Example, Group, Section } from './command.js';
import { environmentName, longName, type Flag } from './flag.js';
import { globalFlags } from './global-flags.js';

const exitCodeLine = 'Exit codes: 0 done or no changes, 1 failed, 2 changes found (--exit-code), 3 bad usage or input, 4 cluster unreachable or not allowed, 5 timed out, 6 refused, nothing changed, 130 interrupted.';

/** The help of the whole tool. */
export function rootHelp(sections: readonly Section[], examples: readonly Example[], look: Look): string {
  const lines = ['One command that proves, plans, rolls out and operates a whole Kubernetes platform described in a few typed files.', '', `${look.style.strong('Usage')}  mostik COMMAND [DIR] [flags]`];
  for (const { title, entries } of sections) {
    lines.push('', look.style.strong(title), ...columns(entries.map(({ name, summary }) => [name, summary]), look));
  }
  lines.push('', ...exampleLines(examples, look));
  lines.push('', look.style.strong('Everywhere'), ...columns([...flagRows(globalFlags), ['-h, --help', 'Help, with examples'], ['-V, --version', 'Version']], look));
  lines.push('', ...wrapped(environmentLine(['profile', 'yes']), look), ...wrapped(exitCodeLine, look));
  return lines.join('\n');
}

/** The help of a group. */
export function groupHelp(group: Group, look: Look): string {
  const { style } = look;
  const lines = [group.summary, '', `${style.strong('Usage')}  mostik ${group.name} COMMAND`, '', style.strong('Commands')];
  lines.push(...columns(group.commands.map(({ name, summary }) => [name, summary]), look), '');
  lines.push(`mostik ${group.name} COMMAND --help shows flags and examples.`);
  return lines.join('\n');
}

/** The help of a command. */
export function commandHelp({ entry, command, where }: { entry: Entry; command: Command; where: string }, look: Look): string {
  const { style } = look;
  const own = Object.fromEntries(Object.entries(command.flags).filter(([key]) => !(key in globalFlags)));
  const example = exampleLines(command.examples, look);
  const lines = [entry.summary];
  if (command.details !== undefined) lines.push('', ...command.details.split('\n').flatMap((line) => wrapped(line, look)));
  lines.push('', `${style.strong('Usage')}  ${usageOf(command, where)}`);
  if ((entry.aliases ?? []).length > 0) lines.push(`${style.strong('Also')}   ${(entry.aliases ?? []).map((alias) => `mostik ${alias}`).join(', ')}`);
  if (entry.under !== undefined) lines.push('', style.strong('Commands under it'), ...columns(entry.under.map(({ name, summary }) => [`${where} ${name}`, summary]), look));
  if ((command.arguments ?? []).length > 0) lines.push('', style.strong('Arguments'), ...columns((command.arguments ?? []).map((argument) => [argumentText(argument), argument.description]), look));
  if (Object.keys(own).length > 0) lines.push('', style.strong('Flags'), ...columns(flagRows(own), look));
  lines.push('', style.strong('Everywhere'), ...columns([...flagRows(globalFlags), ['-h, --help', 'This help']], look), '', ...example);
  const sample = Object.keys(own).slice(0, 2);
  lines.push('', ...wrapped(environmentLine(sample.length > 0 ? sample : ['verbose']), look), ...wrapped(exitCodeLine, look));
  return lines.join('\n');
}

function usageOf(command: Command, where: string): string {
  const words = (command.arguments ?? []).map(argumentText);
  return [where, ...(command.passThrough === true ? ['[flags]', ...words] : [...words, '[flags]'])].join(' ');
}

function argumentText({ name, required, rest }: Argument): string {
  const word = `${name.toUpperCase()}${rest === true ? '...' : ''}`;
  return required === true ? word : `[${word}]`;
}

function flagRows(flags: Record<string, Flag<unknown>>): [string, string][] {
  return Object.entries(flags).map(([key, flag]) => {
    const value = flag.value === undefined ? '' : ` ${flag.value}`;
    const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
    return [`${short}${longName(key)}${value}`, flag.repeats ? `${flag.description} (repeats)` : flag.description];
  });
}

function exampleLines(examples: readonly Example[], look: Look): string[] {
  return [look.style.strong(examples.length === 1 ? 'Example' : 'Examples'), ...examples.flatMap(([line, does]) => [`  ${look.style.dim(`# ${does}`)}`, `  ${line}`])];
}

function environmentLine(keys: string[]): string {
  const samples = keys.map((key) => `${environmentName(key)} for ${longName(key)}`).join(', ');
  return `Every flag has an environment form: ${samples}; lists split on commas, switches take true or false.`;
}

function columns(entries: [string, string][], look: Look): string[] {
  const width = Math.min(34, Math.max(...entries.map(([name]) => name.length)));
  const room = Math.min(look.width, 120) - width - 4;
  return entries.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrap(text, Math.max(30, room));
    const blank = `  ${' '.repeat(width)}  `;
    const head = name.length > width ? [`  ${name}`, `${blank}${first}`] : [`  ${name.padEnd(width)}  ${first}`];
    return [...head, ...rest.map((line) => `${blank}${line}`)];
  });
}

function wrapped(text: string, look: Look): string[] {
  return wrap(text, Math.min(look.width, 120));
}
