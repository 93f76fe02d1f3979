import { Command as CommanderCommand, Option } from 'commander';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import type { Command } from './command.js';
import { fromEnvironment } from './environment.js';
import { longName, readFlag, type Flag } from './flag.js';

/** Arguments and flags of one command, or that its help is wanted. */
export type Parsed = { type: 'run'; args: string[]; values: Record<string, unknown> } | { type: 'help' };

/** Reads the words after a command; bad usage is thrown as a Diagnostic of exit code 3. */
export function parseWords(words: readonly string[], { command, where, env }: { command: Command; where: string; env: NodeJS.ProcessEnv }): Parsed {
  const parser = new Parser(where, command.passThrough === true);
  for (const [key, flag] of Object.entries(command.flags)) parser.addOption(optionOf(where, key, flag));
  parser.argument('[words...]').option('-h, --help');
  if (command.passThrough === true) parser.passThroughOptions();
  parser.action(() => undefined).parse(words, { from: 'user' });
  if (parser.getOptionValue('help') === true) return { type: 'help' };
  const values: Record<string, unknown> = {};
  for (const [key, flag] of Object.entries(command.flags)) {
    values[key] = givenValue(parser, key) ?? fromEnvironment(command.flags, key, env) ?? flag.initial;
  }
  return { type: 'run', args: checkedArguments(command, parser.args, where), values };
}

/**
 * Commander's parser with Diagnostics in place of its own messages: it prints nothing and ends no process. The methods without
 * `override` are those that commander calls for bad usage; `parse.test.ts` fails if a new version calls others.
 */
class Parser extends CommanderCommand {
  private readonly takesAnything: boolean;

  constructor(where: string, takesAnything: boolean) {
    super(where);
    this.takesAnything = takesAnything;
    this.helpOption(false).exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }

  unknownOption(flag: string): void {
    if (this.takesAnything) return;
    const [name = flag] = flag.split('=');
    const known = this.options.flatMap(({ long }) => long ?? []);
    if (known.includes(name)) throw usage('flag-invalid', { where: `${this.name()} ${name}`, expected: 'no value after it', value: flag.slice(name.length + 1), hint: '' });
    const near = name.startsWith('--') ? didYouMean(name.slice(2), known.map((long) => long.slice(2))) : undefined;
    const hint = near === undefined ? `See ${this.name()} --help` : `Did you mean --${near}?`;
    throw usage('flag-unknown', { where: this.name(), flag: name, hint });
  }

  optionMissingArgument(option: Option): never {
    throw usage('flag-value-missing', { where: this.name(), flag: option.long ?? option.flags });
  }
}

function optionOf(where: string, key: string, flag: Flag<unknown>): Option {
  const names = flag.short === undefined ? longName(key) : `-${flag.short}, ${longName(key)}`;
  if (flag.value === undefined) return new Option(names);
  const read = (text: string, before: unknown): unknown => readFlag(flag, { name: `${where} ${longName(key)}`, text, before });
  return new Option(`${names} <value>`).default(flag.initial).argParser(read);
}

/** What a flag was given on the command line; undefined when it was not. */
function givenValue(parser: Parser, key: string): unknown {
  const option = parser.options.find(({ long }) => long === longName(key));
  if (option === undefined || parser.getOptionValueSource(option.attributeName()) !== 'cli') return undefined;
  const value: unknown = parser.getOptionValue(option.attributeName());
  return option.negate ? value === false : value;
}

function checkedArguments(command: Command, args: readonly string[], where: string): string[] {
  const wanted = command.arguments ?? [];
  const missing = wanted.find((argument, index) => argument.required === true && args[index] === undefined);
  if (missing !== undefined) throw usage('argument-missing', { where, name: missing.name.toUpperCase() });
  if (args.length > wanted.length && wanted.at(-1)?.rest !== true) {
    const expected = wanted.length === 0 ? 'no argument' : wanted.map(({ name }) => name.toUpperCase()).join(' ');
    throw usage('argument-excess', { where, expected, word: JSON.stringify(args[wanted.length]) });
  }
  return [...args];
}

function usage(...given: Parameters<typeof diagnose>): MostikError {
  return new MostikError([diagnose(...given)]);
}
