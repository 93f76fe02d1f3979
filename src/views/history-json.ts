import type { Change, Generation } from '../model/index.js';

/** The published form of a platform's history, the newest generation first; digests of stored pieces stay inside. */
export function historyJson(platform: string, generations: Generation[]): object {
  const newestFirst = [...generations].sort((a, b) => b.number - a.number);
  return {
    version: 1,
    platform,
    generations: newestFirst.map(({ number, kind, phase, startedAt, finishedAt, profiles, kubernetes, source, by, counts, message, components, retained }) => ({
      number,
      kind,
      phase,
      startedAt,
      finishedAt,
      profiles,
      kubernetes,
      source,
      by,
      counts,
      message,
      components: components.map(({ name }) => name),
      retained,
    })),
  };
}

/** The published form of what differs between two generations. */
export function generationDiffJson(changes: Change[], { from, to }: { from: number; to: number }): object {
  return {
    version: 1,
    from,
    to,
    changes: changes.map(({ action, ref, component, fields, restarts, reason }) => ({ action, ref, component, fields, restarts, reason })),
  };
}
