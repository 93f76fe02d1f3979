/** One line of a text diff. A `gap` stands for lines that are the same and left out. */
export type DiffLine = { kind: 'same' | 'added' | 'removed'; text: string } | { kind: 'gap'; count: number };

const context = 2;
/** Above this many cells the exact table would cost more than it tells: the middle is shown as removed, then added. */
const tableLimit = 1_000_000;

/** Compares two texts by line, with two lines of context around what differs. */
export function diffLines(before: string, after: string): DiffLine[] {
  return withGaps(compare(linesOf(before), linesOf(after)));
}

type Line = Exclude<DiffLine, { kind: 'gap' }>;

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function compare(before: string[], after: string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (text: string): Line => ({ kind: 'same', text });
  const middle = compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...before.slice(0, start).map(same), ...middle, ...before.slice(before.length - end).map(same)];
}

/** Longest common subsequence by table. */
function compareMiddle(before: string[], after: string[]): Line[] {
  const removed = (text: string): Line => ({ kind: 'removed', text });
  const added = (text: string): Line => ({ kind: 'added', text });
  if (before.length * after.length > tableLimit) return [...before.map(removed), ...after.map(added)];
  const columns = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * columns);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const at = i * columns + j;
      lengths[at] = before[i] === after[j] ? lengths[at + columns + 1]! + 1 : Math.max(lengths[at + columns]!, lengths[at + 1]!);
    }
  }
  const out: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    const at = i * columns + j;
    if (before[i] === after[j]) {
      out.push({ kind: 'same', text: before[i]! });
      i++;
      j++;
    } else if (lengths[at + columns]! >= lengths[at + 1]!) out.push(removed(before[i++]!));
    else out.push(added(after[j++]!));
  }
  return [...out, ...before.slice(i).map(removed), ...after.slice(j).map(added)];
}

function withGaps(lines: Line[]): DiffLine[] {
  const near = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, i) => {
    if (line.kind !== 'same') near.fill(true, Math.max(0, i - context), Math.min(lines.length, i + context + 1));
  });
  const out: DiffLine[] = [];
  lines.forEach((line, i) => {
    const last = out.at(-1);
    if (near[i]) out.push(line);
    else if (last?.kind === 'gap') last.count++;
    else out.push({ kind: 'gap', count: 1 });
  });
  return out;
}
