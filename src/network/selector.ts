import { asDict, asList, asString, asStrings } from '../lib/read-unknown.js';

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
