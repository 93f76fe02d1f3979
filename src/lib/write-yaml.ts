import { Document, isScalar, visit, type Scalar } from 'yaml';

/**
 * Writes YAML that YAML 1.1 readers (kubectl, Helm) and 1.2 readers read alike: a string that either could take for a number,
 * a boolean, null, a date or a merge key is quoted, and so is one whose line ends or control characters a reader would change.
 */
export function yamlText(value: unknown): string {
  return documentText(new Document(value, { aliasDuplicateObjects: false }));
}

/** The same for a document, whose comments stay. */
export function documentText(document: Document.Parsed | Document): string {
  visit(document, { Scalar: (_, node) => quote(node) });
  // Text that holds one of these was quoted above, so an escape is right wherever one stands.
  return document.toString({ lineWidth: 0 }).replace(refusedRaw, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function quote(node: Scalar): void {
  if (isScalar(node) && typeof node.value === 'string' && isRisky(node.value)) node.type = 'QUOTE_DOUBLE';
}

const startsLikeANumber = /^[-+.]?[.\d]/;
const keywords = /^(y|n|yes|no|on|off|true|false|null|~|nan|inf|<<|=|)$/i;
/** What YAML readers refuse or change when it stands unescaped between quotes. */
const refusedRaw = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
const changedByReaders = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]|^\s|[ \t]$|[ \t]\n/;

function isRisky(text: string): boolean {
  return startsLikeANumber.test(text) || keywords.test(text) || changedByReaders.test(text);
}
