/** Depth of each name in a graph of "comes after", 0 first. Names in a ring are left out. */
export function wavesOf(after: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const waves = new Map<string, number>();
  const waiting = new Set(after.keys());
  for (let progress = true; progress && waiting.size > 0; ) {
    progress = false;
    for (const name of waiting) {
      const before = (after.get(name) ?? []).map((each) => waves.get(each));
      if (before.some((wave) => wave === undefined)) continue;
      waves.set(name, Math.max(-1, ...before.map((wave) => wave ?? 0)) + 1);
      waiting.delete(name);
      progress = true;
    }
  }
  return waves;
}

/** The rings of a graph, one for each way back that a walk in order finds; each begins with its first name in order. */
export function ringsOf(after: ReadonlyMap<string, readonly string[]>): string[][] {
  const rings = new Map<string, string[]>();
  const done = new Set<string>();
  const order = [...after.keys()];
  for (const start of order) {
    const way: { name: string; next: number }[] = [{ name: start, next: 0 }];
    while (way.length > 0) {
      const step = way[way.length - 1]!;
      const target = done.has(step.name) ? undefined : after.get(step.name)?.[step.next++];
      if (target === undefined) {
        done.add(step.name);
        way.pop();
        continue;
      }
      const back = way.findIndex(({ name }) => name === target);
      if (back >= 0) {
        const ring = turned(way.slice(back).map(({ name }) => name), order);
        rings.set(ring.join(' '), ring);
      } else if (!done.has(target)) way.push({ name: target, next: 0 });
    }
  }
  return [...rings.values()];
}

function turned(ring: string[], order: string[]): string[] {
  const first = ring.indexOf(order.find((name) => ring.includes(name)) ?? '');
  return [...ring.slice(first), ...ring.slice(0, first)];
}
