import { diagnose, exitCodes, MostikError } from '../diagnostics/index.js';
import type { Offer } from './complete.js';
import { defineCommand } from './command.js';
import { completionScripts } from './completion-scripts.js';

const shells = ['bash', 'zsh'] as const;

/** `mostik completion`: the script of a shell. */
export const completionCommand = defineCommand({
  arguments: [{ name: 'shell', description: 'bash or zsh', required: true, complete: shells }],
  flags: {},
  examples: [
    ['source <(mostik completion bash)', 'in ~/.bashrc'],
    ['source <(mostik completion zsh)', 'in ~/.zshrc, after compinit'],
  ],
  run: async ({ args: [given], terminal }) => {
    terminal.out(completionScripts[readShell(given, 'mostik completion')]);
    return Promise.resolve(exitCodes.done);
  },
});

/** `mostik __complete SHELL -- WORDS`: what the script asks. First line the kind, then a word a line. */
export const completeCommand = defineCommand({
  arguments: [
    { name: 'shell', description: 'bash or zsh', required: true },
    { name: 'words', description: 'Words of the command line', rest: true },
  ],
  flags: {},
  passThrough: true,
  examples: [['mostik __complete bash -- plan --pro', 'what the script of bash asks']],
  run: async ({ args: [shell, ...rest], terminal }) => {
    const kind = readShell(shell, 'mostik __complete');
    const words = rest[0] === '--' ? rest.slice(1) : rest;
    const [{ completeWords }, { findNames }, { commandTree }] = await Promise.all([import('./complete.js'), import('./names-to-complete.js'), import('./commands.js')]);
    const offer = await completeWords(kind === 'bash' ? rejoin(words) : words, commandTree, findNames);
    terminal.out(answer(offer, kind));
    return exitCodes.done;
  },
});

/** Bash breaks `--profile=dev` into three words. */
function rejoin(words: readonly string[]): string[] {
  const out: string[] = [];
  let glue = false;
  for (const word of words) {
    const isBreak = word === '=' || word === ':';
    if ((glue || isBreak) && out.length > 0) out.push(`${out.pop() ?? ''}${word}`);
    else out.push(word);
    glue = isBreak;
  }
  return out;
}

function answer(offer: Offer, shell: (typeof shells)[number]): string {
  if (offer.kind !== 'words') return offer.kind;
  const line = ([word, description]: [string, string]) => {
    if (shell === 'bash') return word;
    return description === '' ? word.replaceAll(':', '\\:') : `${word.replaceAll(':', '\\:')}:${description}`;
  };
  return ['words', ...offer.words.map(line)].join('\n');
}

function readShell(given: string | undefined, where: string): (typeof shells)[number] {
  const shell = shells.find((name) => name === given);
  if (shell === undefined) throw new MostikError([diagnose('argument-invalid', { where, expected: 'bash or zsh', value: JSON.stringify(given ?? '') })]);
  return shell;
}
