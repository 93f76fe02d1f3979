import { labelTest } from '../lib/label-selector.js';
import { asDict, asList, asString, asStrings, isDict, type Dict } from '../lib/read-unknown.js';

/** What of a node a pod can ask for. */
export interface NodeFacts {
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** Tells whether a node is one that the pod may run on by nodeSelector and required node affinity. */
export function nodeTest(spec: Dict): (node: NodeFacts) => boolean {
  const selected = labelTest({ matchLabels: asStrings(spec['nodeSelector']) });
  const required = asDict(asDict(spec['affinity'])['nodeAffinity'])['requiredDuringSchedulingIgnoredDuringExecution'];
  const inTerms = isDict(required) ? termsTest(required['nodeSelectorTerms']) : () => true;
  return (node) => selected(node.labels) && inTerms(node);
}

/** Compiles node selector terms: one of them must hold, and one without requirements holds for no node. */
export function termsTest(terms: unknown): (node: NodeFacts) => boolean {
  const tests = asList(terms).map((term) => {
    const { matchExpressions, matchFields } = asDict(term);
    const parts = [...asList(matchExpressions).map(expressionTest), ...asList(matchFields).map(fieldTest)];
    return (node: NodeFacts) => parts.length > 0 && parts.every((part) => part(node));
  });
  return (node) => tests.some((test) => test(node));
}

function expressionTest(expression: unknown): (node: NodeFacts) => boolean {
  const { key, operator, values } = asDict(expression);
  if (operator !== 'Gt' && operator !== 'Lt') {
    const test = labelTest({ matchExpressions: [expression] });
    return ({ labels }) => test(labels);
  }
  const name = asString(key) ?? '';
  const bound = wholeNumber(asList(values)[0]);
  return ({ labels }) => {
    const value = wholeNumber(labels[name]);
    return value !== undefined && bound !== undefined && (operator === 'Gt' ? value > bound : value < bound);
  };
}

/** Only a node's name can be asked for as a field. */
function fieldTest(expression: unknown): (node: NodeFacts) => boolean {
  const test = labelTest({ matchExpressions: [expression] });
  return ({ name }) => test({ 'metadata.name': name });
}

function wholeNumber(text: unknown): number | undefined {
  return typeof text === 'string' && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}
