import { shownPath } from '../lib/shown-path.js';
import type { FileEdit } from '../operate/edit-files.js';
import { diffLines } from './line-diff.js';
import type { Look } from './look.js';
import { plural, printable } from './text.js';

/** Shows what changed in files, line by line. */
export function editsText(edits: readonly FileEdit[], look: Look): string {
  if (edits.length === 0) return 'The files say so already';
  return edits.map(({ file, before, after }) => [look.style.strong(shownPath(file)), ...diffLines(before, after).map((line) => {
    switch (line.kind) {
      case 'gap':
        return look.style.dim(`  … ${plural(line.count, 'line')}`);
      case 'added':
        return look.style.good(`+ ${printable(line.text)}`);
      case 'removed':
        return look.style.bad(`- ${printable(line.text)}`);
      case 'same':
        return `  ${printable(line.text)}`;
    }
  })].join('\n')).join('\n\n');
}

/** The same for programs: files with the lines that went and came. */
export function editsJson(edits: readonly FileEdit[]): object[] {
  return edits.map(({ file, before, after }) => {
    const lines = diffLines(before, after);
    const of = (kind: 'added' | 'removed'): string[] => lines.flatMap((line) => (line.kind === kind ? [line.text] : []));
    return { file: shownPath(file), removed: of('removed'), added: of('added') };
  });
}
