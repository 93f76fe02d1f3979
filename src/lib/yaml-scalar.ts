/** A plain (unquoted) YAML scalar read by two sets of rules. */

const words = new Map<string, unknown>();
for (const word of ['y', 'yes', 'true', 'on']) for (const form of caseForms(word)) words.set(form, true);
for (const word of ['n', 'no', 'false', 'off']) for (const form of caseForms(word)) words.set(form, false);
for (const word of ['', '~', ...caseForms('null')]) words.set(word, null);
for (const form of ['nan', 'NaN', 'NAN']) words.set(`.${form}`, NaN);
for (const form of caseForms('inf')) {
  words.set(`.${form}`, Infinity);
  words.set(`+.${form}`, Infinity);
  words.set(`-.${form}`, -Infinity);
}

const float = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const integers: [RegExp, number][] = [
  [/^([-+]?)0[xX]([0-9a-fA-F]+)$/, 16],
  [/^([-+]?)0[bB]([01]+)$/, 2],
  [/^([-+]?)0[oO]([0-7]+)$/, 8],
  [/^([-+]?)0([0-7]+)$/, 8],
  [/^([-+]?)(0|[1-9]\d*)$/, 10],
];

/**
 * Reads a plain scalar as `sigs.k8s.io/yaml` does, which kubectl, kustomize and Helm are built on:
 * words such as `yes` and `on` are booleans, `0644` is octal, `1_000` is a number.
 */
export function readKubernetesScalar(text: string): unknown {
  if (words.has(text)) return words.get(text);
  if (text.startsWith('.')) return /(?<!\d)_|_(?!\d)/.test(text) ? text : readFloat(text.replaceAll('_', ''), text);
  if (!/^[-+\d]/.test(text)) return text;
  const plain = text.replaceAll('_', '');
  return readInteger(plain) ?? readFloat(plain, text);
}

/** A base-60 number of YAML 1.1 (`1:30` is 90) as its value; undefined for anything else. */
export function readSexagesimal(text: string): number | undefined {
  if (!/^[-+]?[1-9]\d*(:[0-5]?\d)+$/.test(text)) return undefined;
  const amount = text.replace(/^[-+]/, '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return text.startsWith('-') ? -amount : amount;
}

function readInteger(plain: string): number | undefined {
  for (const [form, base] of integers) {
    const match = form.exec(plain);
    if (!match) continue;
    const prefix = base === 16 ? '0x' : base === 8 ? '0o' : base === 2 ? '0b' : '';
    const amount = BigInt(`${prefix}${match[2]}`);
    // Outside of 64 bits the Go library falls back to a float, or to the text.
    const limit = match[1] === '-' ? 1n << 63n : match[1] === '+' ? (1n << 63n) - 1n : (1n << 64n) - 1n;
    if (amount > limit) return undefined;
    return amount === 0n ? 0 : Number(match[1] === '-' ? -amount : amount);
  }
  return undefined;
}

function readFloat(plain: string, text: string): unknown {
  const amount = float.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(amount) ? amount : text;
}

function caseForms(word: string): string[] {
  return [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()];
}
