import { diagnose, MostikError } from '../diagnostics/diagnostic.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { isGroup, type Entry, type Group } from './command.js';
import { longName } from './flag.js';
import { globalFlags } from './global-flags.js';

/** What the words before a command's own flags ask for. */
export type Found =
  | { type: 'version' }
  /** No entry: the whole tool. */
  | { type: 'help'; entry?: Entry | Group; where: string }
  | { type: 'command'; entry: Entry; where: string; rest: string[] };

/** Finds the command of a command line, without loading it; what is no command is a Diagnostic that names the nearest one. */
export function findCommand(argv: readonly string[], tree: readonly (Entry | Group)[]): Found {
  const globals = argv.slice(0, leadingFlags(argv));
  if (globals.some((flag) => flag === '--version' || flag === '-V')) return { type: 'version' };
  const words = argv.slice(globals.length);
  if (words[0] === 'help') return helpFor(words.slice(1), tree);
  if (words.length === 0 || globals.some(isHelp)) return { type: 'help', where: 'mostik' };
  return descend(words, tree, { where: 'mostik', globals: globals.filter((flag) => !isHelp(flag)) });
}

function descend([word = '', ...rest]: readonly string[], entries: readonly (Entry | Group)[], { where, globals }: { where: string; globals: string[] }): Found {
  const entry = pick(word, entries, where);
  const path = `${where} ${entry.name}`;
  if (!isGroup(entry)) {
    if (entry.under?.some(({ name }) => name === rest[0])) return descend(rest, entry.under, { where: path, globals });
    return { type: 'command', entry, where: path, rest: [...globals, ...rest] };
  }
  if (rest.some(isHelp) && !rest.some((next) => !next.startsWith('-'))) return { type: 'help', entry, where: path };
  if (rest.length === 0) throw new MostikError([diagnose('command-missing', { where: path, commands: entry.commands.map(({ name }) => name).join(', ') })]);
  return descend(rest, entry.commands, { where: path, globals });
}

function helpFor(words: readonly string[], tree: readonly (Entry | Group)[]): Found {
  let found: Extract<Found, { type: 'help' }> = { type: 'help', where: 'mostik' };
  let entries = tree;
  for (const word of words) {
    const entry = pick(word, entries, found.where);
    found = { type: 'help', entry, where: `${found.where} ${entry.name}` };
    entries = isGroup(entry) ? entry.commands : (entry.under ?? []);
    if (entries.length === 0) break;
  }
  return found;
}

function pick(word: string, entries: readonly (Entry | Group)[], where: string): Entry | Group {
  const found = entries.find((entry) => entry.name === word || aliasesOf(entry).includes(word));
  if (found !== undefined) return found;
  if (word.startsWith('-')) throw new MostikError([diagnose('flag-unknown', { where, flag: word, hint: 'Flags of a command stand after it' })]);
  const near = didYouMean(word, entries.filter((entry) => isGroup(entry) || entry.hidden !== true).flatMap((entry) => [entry.name, ...aliasesOf(entry)]));
  const hint = near === undefined ? `See ${where} --help` : `Did you mean ${where} ${near}?`;
  throw new MostikError([diagnose('command-unknown', { where, word, hint })]);
}

/** How many flags that every command has stand before the first word. */
function leadingFlags(argv: readonly string[]): number {
  const known = new Set(['-h', '--help', '-V', '--version', ...Object.entries(globalFlags).flatMap(([key, { short }]) => [longName(key), `-${short ?? ''}`])]);
  const first = argv.findIndex((word) => !known.has(word));
  return first < 0 ? argv.length : first;
}

function aliasesOf(entry: Entry | Group): readonly string[] {
  return isGroup(entry) ? [] : (entry.aliases ?? []);
}

function isHelp(word: string): boolean {
  return word === '-h' || word === '--help';
}
