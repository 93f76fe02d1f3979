import type { Desired } from '../model/index.js';
import { diagnosticsText } from './diagnostics.js';
import type { Look } from './look.js';
import { plural } from './text.js';
import { profilesText } from './words.js';

/** Tells what came out of the files, by component and kind, while there is no cluster to plan against yet. */
export function renderedText(desired: Desired, look: Look): string {
  const { style } = look;
  const lines = [`${style.good('✓')} ${style.strong(desired.name)} rendered and checked: ${plural(desired.components.length, 'component')}, ${plural(desired.objects.length, 'object')}, profiles: ${profilesText(desired.profiles)}`];
  for (const { name } of desired.components) {
    const kinds = new Map<string, number>();
    for (const { component, ref } of desired.objects) if (component === name) kinds.set(ref.kind, (kinds.get(ref.kind) ?? 0) + 1);
    const parts = [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(', ');
    lines.push(`  ${style.good('+')} ${name}  ${style.dim(parts)}`);
  }
  const findings = diagnosticsText(desired.diagnostics, look);
  return [...lines, ...(findings === '' ? [] : [findings])].join('\n');
}
