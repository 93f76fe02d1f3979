/** What is written where something is to be filled in. */
const filler = /^(?:x{3,}|\*{2,}|\.{3,}|[-_]+|0+|none|null|nil|undefined|true|false|empty)$|^(?:your|my|the|some|any|insert|enter|put|add|set|use|replace|change|fill)[-_ .]|change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|with)|placeholder|example|dummy|sample|redacted|todo|fixme|fake|insecure|not[-_ ]?(?:a[-_ ]?)?(?:real|secret)/i;

const word = 'test|dev|demo|local|admin|root|guest|user|postgres|mysql|mongo|redis|rabbit|rabbitmq|kafka|minio|minioadmin|password|passwd|pass|secret|token|key|string|value|foo|bar|baz|qwerty|letmein|abc|default|generated';
/** Words that everybody uses as a password where none is wanted. */
const everyday = new RegExp(`^(?:${word})(?:[-_ ]?(?:${word}))*[-_ !@#$]*\\d{0,4}[!@#$]?$|^1234\\d*$`, 'i');

/** Names of other things: files, URLs without a password, addresses in secret stores, Kubernetes names. */
const elsewhere = /^(?:[a-z][a-z0-9+.-]*:\/\/[^\s@]*$|(?:vault|ref\+[a-z]+|op|env|file|secretref|awssm|gcpsm|ssm|arn|sha(?:1|256|384|512)|md5|urn|data|projects):|[./~]|[A-Z][A-Z0-9_]*$|[\w.-]+\.(?:ya?ml|json|pem|key|crt|txt|env|conf|toml|ini|properties|jks|p12|sh)$)/;

/** Whether a text holds what a template, a shell or a tool fills in. */
export function isTemplate(text: string): boolean {
  return /\{\{|\}\}|\$\{|\$\(|\$[A-Za-z_]|<[^>]*>|%[A-Za-z_]+%|\{[A-Za-z_]\w*\}|^ENC\[|^!|^\*/.test(text);
}

/** Whether a text at the place of a secret says that one is to be filled in. */
export function isFilledLater(text: string): boolean {
  return text === '' || isTemplate(text) || filler.test(text);
}

/** Whether a text at a key such as `password` looks like the secret itself: long, mixed, not a word, a name or a path. */
export function isLikelySecret(text: string): boolean {
  if (text.length < 8 || text.length > 500 || /\s/.test(text) || isFilledLater(text) || everyday.test(text) || elsewhere.test(text)) return false;
  // Words joined by dashes, dots or underscores are names.
  if (/^[A-Za-z]+(?:[-_.:/][A-Za-z]+\d{0,2})*$/.test(text) && entropy(text) < 4) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  return kinds >= 2 && entropy(text) >= 2.75;
}

/** Shannon entropy in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
