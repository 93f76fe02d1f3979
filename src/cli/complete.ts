import { isGroup, type Command, type Entry, type Group } from './command.js';
import { longName, type Completion, type Flag } from './flag.js';

/** What a shell may offer: words with descriptions, or names that the shell finds itself. */
export type Offer = { kind: 'words'; words: [word: string, description: string][] } | { kind: 'files' } | { kind: 'folders' };

/** Finds names that are not in the tree of commands: profiles, clusters, contexts. `dir` is the platform's folder. */
export type FindNames = (what: 'components' | 'profiles' | 'clusters' | 'contexts', dir: string) => Promise<string[]>;

const nothing: Offer = { kind: 'words', words: [] };

/** Says what may stand in place of the last of these words (those after `mostik`; the last may be empty or half typed). */
export async function completeWords(words: readonly string[], tree: readonly (Entry | Group)[], findNames: FindNames): Promise<Offer> {
  const current = words.at(-1) ?? '';
  const before = await walk(words.slice(0, -1), tree);
  if (before === undefined) return nothing;
  const offer = await offerFor(current, before, findNames);
  if (offer.kind !== 'words') return offer;
  const typed = valuePart(current);
  return { kind: 'words', words: offer.words.filter(([word]) => word.startsWith(typed)) };
}

/** What the words so far have led to. */
interface Place {
  entries: readonly (Entry | Group)[];
  command: Command | undefined;
  /** Commands whose word may come next in place of an argument. */
  under: readonly Entry[];
  /** The flag whose value comes next. */
  awaiting: Flag<unknown> | undefined;
  used: Set<string>;
  positional: string[];
  onlyPositional: boolean;
  /** The value of --dir, when it was given. */
  dir?: string;
}

async function walk(words: readonly string[], tree: readonly (Entry | Group)[]): Promise<Place | undefined> {
  const place: Place = { entries: tree, command: undefined, under: [], awaiting: undefined, used: new Set(), positional: [], onlyPositional: false };
  for (const word of words) {
    if (place.awaiting !== undefined) {
      if (place.awaiting === place.command?.flags['dir']) place.dir = word;
      place.awaiting = undefined;
    }
    else if (word === '--') place.onlyPositional = true;
    else if (word.startsWith('-') && !place.onlyPositional && !isPassedThrough(place)) takeFlag(place, word);
    else if (place.command !== undefined && !place.under.some(({ name }) => name === word)) {
      place.positional.push(word);
      place.under = [];
    } else {
      const entry = (place.command === undefined ? place.entries : place.under).find((candidate) => candidate.name === word || (!isGroup(candidate) && candidate.aliases?.includes(word)));
      if (entry === undefined) return undefined;
      if (isGroup(entry)) place.entries = entry.commands;
      else {
        place.command = await entry.load();
        place.under = entry.under ?? [];
      }
    }
  }
  return place;
}

function takeFlag(place: Place, word: string): void {
  const [name = word] = word.split('=');
  const found = Object.entries(place.command?.flags ?? {}).find(([key, { short }]) => longName(key) === name || `-${short}` === name);
  if (found === undefined) return;
  const [key, flag] = found;
  place.used.add(key);
  place.under = [];
  if (flag.value !== undefined && !word.includes('=')) place.awaiting = flag;
  if (key === 'dir' && word.includes('=')) place.dir = valuePart(word);
}

async function offerFor(current: string, place: Place, findNames: FindNames): Promise<Offer> {
  const { command, awaiting } = place;
  if (awaiting !== undefined) return valuesOf(awaiting.complete, place, findNames);
  if (command === undefined) return { kind: 'words', words: place.entries.filter((entry) => isGroup(entry) || entry.hidden !== true).map(({ name, summary }) => [name, summary]) };
  if (isPassedThrough(place)) return { kind: 'files' };
  if (current.startsWith('-') && !place.onlyPositional) {
    const flag = Object.entries(command.flags).find(([key]) => current.startsWith(`${longName(key)}=`));
    return flag === undefined ? { kind: 'words', words: flagWords(command, place) } : valuesOf(flag[1].complete, place, findNames);
  }
  const below = current === '' ? [] : place.under.filter(({ name }) => name.startsWith(current));
  if (below.length > 0) return { kind: 'words', words: below.map(({ name, summary }) => [name, summary]) };
  const wanted = command.arguments ?? [];
  const argument = wanted[place.positional.length] ?? (wanted.at(-1)?.rest === true ? wanted.at(-1) : undefined);
  return argument === undefined ? nothing : valuesOf(argument.complete, place, findNames);
}

function flagWords(command: Command, place: Place): [string, string][] {
  const flags = Object.entries(command.flags).filter(([key, { repeats }]) => repeats || !place.used.has(key));
  return [...flags.map(([key, { description }]): [string, string] => [longName(key), description]), ['--help', 'Help, with examples']];
}

async function valuesOf(complete: Completion | undefined, place: Place, findNames: FindNames): Promise<Offer> {
  if (complete === undefined) return nothing;
  if (complete === 'files' || complete === 'folders') return { kind: complete };
  if (typeof complete !== 'string') return { kind: 'words', words: complete.map((word) => [word, '']) };
  const dirAt = (place.command?.arguments ?? []).findIndex(({ name }) => name === 'dir');
  const names = await findNames(complete, place.dir ?? place.positional[dirAt] ?? '.');
  return { kind: 'words', words: names.map((name) => [name, '']) };
}

/** Words of another program are not ours to complete. */
function isPassedThrough({ command, positional }: Place): boolean {
  return command?.passThrough === true && positional.length > 0;
}

/** Of `--profile=de` the part after the sign, which is what a shell replaces. */
export function valuePart(word: string): string {
  return /^--[^=]+=/.test(word) ? word.slice(word.indexOf('=') + 1) : word;
}
