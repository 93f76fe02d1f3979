import { asDict, asList, asString, asStrings } from '../lib/read-unknown.js';

/** Tells whether labels fit. */
export type Selector = (labels: Readonly<Record<string, string>>) => boolean;

/** Compiles a label selector; an empty one fits everything. What the API server would refuse fits nothing. */
export function compileSelector(selector: unknown): Selector {
  const { matchLabels, matchExpressions } = asDict(selector);
  const equal = Object.entries(asStrings(matchLabels));
  const tests = asList(matchExpressions).map(compileExpression);
  if (tests.length === 0) return (labels) => equal.every(([key, value]) => has(labels, key) && labels[key] === value);
  return (labels) => equal.every(([key, value]) => has(labels, key) && labels[key] === value) && tests.every((test) => test(labels));
}

function compileExpression(expression: unknown): Selector {
  const { key, operator, values } = asDict(expression);
  const name = asString(key) ?? '';
  const set = new Set(asList(values));
  switch (operator) {
    case 'In':
      return (labels) => has(labels, name) && set.has(labels[name]);
    case 'NotIn':
      // A label that is not there is in no set.
      return (labels) => !has(labels, name) || !set.has(labels[name]);
    case 'Exists':
      return (labels) => has(labels, name);
    case 'DoesNotExist':
      return (labels) => !has(labels, name);
    default:
      return () => false;
  }
}

function has(labels: Readonly<Record<string, string>>, key: string): boolean {
  return Object.hasOwn(labels, key);
}

/** Writes a selector in the way of kubectl: `app=web,tier in (a, b),!old`; `all` for an empty one. */
export function formatSelector(selector: unknown): string {
  const { matchLabels, matchExpressions } = asDict(selector);
  const equal = Object.entries(asStrings(matchLabels)).map(([key, value]) => `${key}=${value}`);
  const parts = [...equal, ...asList(matchExpressions).map(formatExpression)];
  return parts.length === 0 ? 'all' : parts.join(',');
}

function formatExpression(expression: unknown): string {
  const { key, operator, values } = asDict(expression);
  const name = asString(key) ?? '';
  const list = `(${asList(values).map(String).join(', ')})`;
  switch (operator) {
    case 'In':
      return `${name} in ${list}`;
    case 'NotIn':
      return `${name} notin ${list}`;
    case 'Exists':
      return name;
    case 'DoesNotExist':
      return `!${name}`;
    default:
      return `${name} ${String(operator)} ${list}`;
  }
}
