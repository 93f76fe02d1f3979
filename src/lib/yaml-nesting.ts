import { CST, Lexer } from 'yaml';

/**
 * Tells how deep a YAML text nests, without recursion and without building anything:
 * the parser itself recurses, and a text of a few kilobytes of `[` would end the process.
 */
export function nestingOf(text: string): { depth: number; line: number } {
  const columns: number[] = [];
  const deepest = { depth: 0, line: 1 };
  let flow = 0;
  let line = 1;
  let column = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'flow-map-start' || type === 'flow-seq-start') flow++;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') flow = Math.max(0, flow - 1);
    else if (flow === 0 && type !== 'space' && type !== 'newline' && type !== 'comment') {
      while (columns.length > 0 && columns[columns.length - 1]! >= column) columns.pop();
      columns.push(column);
    }
    const depth = columns.length + flow;
    if (depth > deepest.depth) Object.assign(deepest, { depth, line });
    const lastBreak = token.lastIndexOf('\n');
    if (lastBreak >= 0) {
      line += token.split('\n').length - 1;
      column = token.length - lastBreak - 1;
    } else column += token.length;
  }
  return deepest;
}
