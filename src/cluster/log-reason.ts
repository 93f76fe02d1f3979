import { existsSync, readFileSync } from 'node:fs';

/** Picks from a component's log the last line that reads like why it ended; empty where there is none. */
export function reasonInLog(path: string): string {
  if (!existsSync(path)) return '';
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-200);
  const line = lines.findLast((text) => /^E\d{4} |^\w*Error( \[\w+\])?: |"level":"(fatal|error)"|^panic:|^error:|command failed/.test(text)) ?? lines.at(-1) ?? '';
  return readable(line).slice(0, 400);
}

/** Takes the text out of the two forms the official programs write: klog's and zap's. */
function readable(line: string): string {
  const klog = /err="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  if (klog !== undefined) return klog.replaceAll('\\"', '"');
  const zap = /"error":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  if (zap !== undefined) return zap.replaceAll('\\"', '"');
  return line.replace(/^[EWIF]\d{4} [\d:.]+\s+\d+ \S+\] /, '');
}
