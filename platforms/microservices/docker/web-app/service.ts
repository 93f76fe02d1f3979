import type { Query } from './database.js';

/** What makes one service different from the other. Everything else is shared. */
export interface Service {
  name: 'microservice1' | 'microservice2';
  title: string;
  /** One sentence for the page. */
  about: string;
  port: number;
  apiPath: string;
  /** SQL that creates what is missing; harmless when repeated. */
  tables: string;
  /** The one text that people send with POST, and how the page asks for it. */
  input: { field: string; label: string; button: string; maxLength: number };
  list(query: Query): Promise<Entries>;
  /** Stores one entry and returns it. `text` is trimmed, not empty and at most `input.maxLength` characters long. */
  add(query: Query, text: string): Promise<Entry>;
}

export type Entry = Record<string, unknown>;

export interface Entries {
  total: number;
  /** The newest first, at most 20. */
  items: Entry[];
}
