/**
 * Turns a path as the server prints it into the readable form:
 * `.spec.template.spec.containers[name="web"].image` becomes `spec.template.spec.containers[web].image`.
 */
export function readablePath(path: string): string {
  let out = '';
  let rest = path;
  while (rest !== '') {
    const keyed = /^\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]/.exec(rest);
    if (keyed) {
      out += `[${readableKeys(keyed[1] ?? '')}]`;
      rest = rest.slice(keyed[0].length);
      continue;
    }
    out += rest[0] ?? '';
    rest = rest.slice(1);
  }
  return out.replace(/^\./, '');
}

/** `containerPort=80,protocol="TCP"` becomes `80,TCP`; `="a"` (an item of a set) becomes `a`; an index stays. */
function readableKeys(text: string): string {
  const parts = [...text.matchAll(/(?:[\w.-]*=)?("(?:[^"\\]|\\.)*"|[^,"]+),?/g)];
  if (parts.length === 0) return text;
  return parts.map((part) => unquote(part[1] ?? '')).join(',');
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
