import type { Completion, Flag, Flags, Values } from './flag.js';
import { globalFlags } from './global-flags.js';
import type { Terminal } from './terminal.js';

/** An argument by its place. */
export interface Argument {
  name: string;
  description: string;
  required?: boolean;
  /** Takes every word that is left. */
  rest?: boolean;
  complete?: Completion;
}

/** A line to try, and what it does. */
export type Example = readonly [line: string, does: string];

/** What a command is run with. */
export interface Invocation<F extends Flags> {
  args: string[];
  flags: Values<F> & Values<typeof globalFlags>;
  terminal: Terminal;
  /** Aborts at the first Ctrl-C or termination signal. */
  signal: AbortSignal;
}

interface Spec<F extends Flags> {
  /** More lines of help, after the summary. */
  details?: string;
  arguments?: readonly Argument[];
  flags: F;
  examples: readonly [Example, ...Example[]];
  /** Everything from the first word that is no flag of ours goes to another program. */
  passThrough?: boolean;
  /** `-o json` has a form of its own, which says all there is to say, so a failure adds nothing to stdout. */
  ownFailureForm?: boolean;
  /** Returns the exit code. */
  run(invocation: Invocation<F>): Promise<number>;
}

/** A command, loaded: what it takes, and how it is run. */
export interface Command extends Omit<Spec<Flags>, 'run'> {
  flags: Record<string, Flag<unknown>>;
  run(raw: { args: string[]; values: Record<string, unknown>; terminal: Terminal; signal: AbortSignal }): Promise<number>;
}

/** A command as help lists it; its file is loaded when it is wanted. */
export interface Entry {
  name: string;
  aliases?: readonly string[];
  summary: string;
  hidden?: boolean;
  /** Commands of their own when their word comes next: `mostik check capacity`; any other word is an argument. */
  under?: readonly Entry[];
  load(): Promise<Command>;
}

/** Several commands under one word: `mostik cluster create`. */
export interface Group {
  name: string;
  summary: string;
  commands: readonly Entry[];
}

/** Commands under one heading of the help. */
export interface Section {
  title: string;
  entries: readonly (Entry | Group)[];
}

/** Declares a command: its flags decide the type that `run` sees. */
export function defineCommand<F extends Flags>(spec: Spec<F>): Command {
  const { run, flags, ...rest } = spec;
  return {
    ...rest,
    flags: { ...flags, ...globalFlags },
    run: ({ args, values, terminal, signal }) => run({ args, flags: values as Invocation<F>['flags'], terminal, signal }),
  };
}

/** Tells a group from a command. */
export function isGroup(entry: Entry | Group): entry is Group {
  return 'commands' in entry;
}
