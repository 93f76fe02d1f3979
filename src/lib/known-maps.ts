import { didYouMean } from './did-you-mean.js';

/** A map with fixed keys in some schema; in its place `*` stands for any name, `#` for any index. */
export interface KnownMap {
  place: readonly string[];
  keys: readonly string[];
}

/** The key that `key` is a slip of: a letter more or less at the end, else the nearest one; undefined when none is near. */
export function nearestKey(key: string, keys: readonly string[]): string | undefined {
  const isStem = (long: string, short: string) => long.startsWith(short) && long.length - short.length <= 2;
  return keys.find((name) => isStem(name, key) || isStem(key, name)) ?? didYouMean(key, keys);
}

/** The other place where a key belongs: the one that shares most with `path`, then the shortest. Names nobody knows are `NAME`. */
export function belongsAt(maps: readonly KnownMap[], key: string, path: readonly (string | number)[]): (string | number)[] | undefined {
  let best: { place: readonly string[]; shared: number } | undefined;
  for (const { place, keys } of maps) {
    if (!keys.includes(key)) continue;
    let shared = 0;
    while (shared < place.length && shared < path.length && (place[shared] === '*' || place[shared] === '#' || place[shared] === path[shared])) shared++;
    if (shared === place.length && shared === path.length) continue;
    if (!best || shared > best.shared || (shared === best.shared && place.length < best.place.length)) best = { place, shared };
  }
  return best?.place.map((step, index) => (step !== '*' && step !== '#' ? step : index < best.shared ? (path[index] ?? step) : step === '#' ? 0 : 'NAME'));
}
