// Generated from messages/*.md by `npm run update:messages`. Do not edit.

/** The names each message is filled with. */
export interface Params {
  'file-not-found': { what: string | number; path: string | number; hint: string | number };
  'yaml-syntax': { problem: string | number };
}

/** Every code of the catalog. */
export type Code = keyof Params;

export const messages: Record<
  Code,
  { severity: 'error' | 'warning' | 'info'; exit: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130; message: string; hint?: string }
> = {
  'file-not-found': { severity: 'error', exit: 3, message: "%what%: no such file: %path%", hint: "%hint%" },
  'yaml-syntax': { severity: 'error', exit: 3, message: "%problem%" },
};
