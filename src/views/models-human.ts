import type { LiveModel } from '../operate/models.js';
import type { Look } from './look.js';
import { table } from './table.js';
import { printable } from './text.js';

/** Lists models with their versions and whether they answer. */
export function modelsText(platform: string, models: readonly LiveModel[], look: Look): string {
  if (models.length === 0) return `${platform} has no models: a component with \`model: { file: FILE, runtime: sklearn, version: "1" }\` is one`;
  const { style } = look;
  const paints = { ready: style.good, 'not ready': style.bad, unknown: style.dim };
  const rows = models.map(({ name, version, traffic, runtime, server, ready, reason, url }) => [
    { text: name, style: style.strong },
    version,
    `${traffic}%`,
    runtime,
    server,
    { text: ready, style: paints[ready] },
    reason === '' ? url : printable(reason),
  ]);
  return table([{ title: 'MODEL' }, { title: 'VERSION' }, { title: 'TRAFFIC' }, { title: 'RUNTIME' }, { title: 'SERVER' }, { title: 'READY' }, { title: 'POST TO, OR WHY NOT', flexible: true }], rows, look).join('\n');
}
