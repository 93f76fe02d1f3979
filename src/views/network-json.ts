import type { NetworkMatrix, PathReport } from '../check/network-report.js';
import { formatLocation } from '../diagnostics/index.js';

/** Paths with their reasons, as `mostik check network -o json` prints them. */
export function pathsJson(paths: readonly PathReport[]): object {
  return {
    version: 1,
    agrees: paths.every(({ agrees }) => agrees),
    paths: paths.map(({ declared, ...path }) => ({ ...path, ...(declared ? { declared: { ...declared, at: formatLocation(declared.at) } } : {}) })),
  };
}

/** Who reaches whom, one entry for each two components. */
export function matrixJson({ from, to, cells, guarded, agrees }: NetworkMatrix): object {
  const paths = from.flatMap((start, row) => to.map((end, column) => ({ from: start, to: end, ...cells[row]![column]! })));
  return { version: 1, agrees, guarded, paths };
}
