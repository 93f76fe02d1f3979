import type { FieldPath } from './platform.js';

/** Writes a path as a person does: `spec.components.web.uses[0]`; steps with dots in them are quoted. */
export function formatPath(path: readonly (string | number)[]): string {
  let out = '';
  for (const step of path) {
    if (typeof step === 'number') out += `[${step}]`;
    else if (/^[\w/-]+$/.test(step)) out += out === '' ? step : `.${step}`;
    else out += `[${JSON.stringify(step)}]`;
  }
  return out;
}

/** Reads a values path as Helm's `--set` writes it: dots between keys, `[0]` for list items, `\` before a dot that is part of a key. */
export function parsePath(text: string): FieldPath | undefined {
  const path: FieldPath = [];
  let key = '';
  let afterIndex = false;
  const close = () => {
    if (key === '' && !afterIndex) return false;
    if (key !== '') path.push(key);
    key = '';
    afterIndex = false;
    return true;
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === '\\' && i + 1 < text.length) {
      i++;
      key += text.charAt(i);
    }
    else if (letter === '.') {
      if (!close()) return undefined;
    } else if (letter === '[') {
      const index = /^\[(\d{1,5})\]/.exec(text.slice(i));
      if (!index || (key === '' && !afterIndex)) return undefined;
      close();
      path.push(Number(index[1]));
      afterIndex = true;
      i += index[0].length - 1;
    } else if (afterIndex) return undefined;
    else key += letter;
  }
  return close() ? path : undefined;
}
