import { asDict, asList, asString, asStrings } from './read-unknown.js';

/** Tells whether labels fit. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** Compiles a label selector; an empty one fits everything. An operator that Kubernetes does not know fits nothing. */
export function labelTest(selector: unknown): LabelTest {
  const { matchLabels, matchExpressions } = asDict(selector);
  const tests = [
    ...Object.entries(asStrings(matchLabels)).map(([key, value]): LabelTest => (labels) => Object.hasOwn(labels, key) && labels[key] === value),
    ...asList(matchExpressions).map(expressionTest),
  ];
  return (labels) => tests.every((test) => test(labels));
}

function expressionTest(expression: unknown): LabelTest {
  const { key, operator, values } = asDict(expression);
  const name = asString(key) ?? '';
  const set = new Set(asList(values));
  const has: LabelTest = (labels) => Object.hasOwn(labels, name);
  switch (operator) {
    case 'In':
      return (labels) => has(labels) && set.has(labels[name]);
    case 'NotIn':
      // A label that is not there is in no set.
      return (labels) => !has(labels) || !set.has(labels[name]);
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return (labels) => !has(labels);
    default:
      return () => false;
  }
}
