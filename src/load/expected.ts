import type { z } from 'zod';
import { describeValue, oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { parseQuantity } from '../lib/quantity.js';

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

/** Says what a schema expects, in words that follow "expected"; for checks that have no words of their own. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map((value) => (typeof value === 'string' ? value : describeValue(value))));
    case 'too_small':
      return amount(Number(issue.minimum), issue.origin, 'least');
    case 'too_big':
      return amount(Number(issue.maximum), issue.origin, 'most');
    case 'invalid_union':
      return 'one of the forms that the documentation shows';
    default:
      return 'another value';
  }
}

function amount(limit: number, origin: string, side: 'least' | 'most'): string {
  const unit = { string: 'letters', array: 'items', number: '', int: '' }[origin];
  return unit === '' ? `a number of at ${side} ${limit}` : `at ${side} ${limit} ${unit ?? ''}`.trim();
}

/** Says how a wrong value was probably meant; empty when there is nothing to say. */
export function suggestion(expected: string, value: unknown, written: string | undefined): string {
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  if (scalar && /^a (text|name|Kubernetes minor version)/.test(expected)) return `put it in quotes: ${JSON.stringify(written ?? String(value))}`;
  if (expected === 'a list' && (scalar || typeof value === 'string')) return `write a list of one: [${written ?? String(value)}]`;
  if (expected.startsWith('a map') && Array.isArray(value)) return 'write `name: ...` lines instead of `- name: ...` items';
  if (expected.startsWith('a duration')) return durationFor(value);
  if (expected.startsWith('a quantity')) return quantityFor(value);
  if (typeof value !== 'string') return '';
  if (expected === 'true or false' && /^(true|false)$/i.test(value)) return `without quotes, in small letters: ${value.toLowerCase()}`;
  if (/number|port/.test(expected) && /^\d+$/.test(value)) return `without quotes: ${value}`;
  if (expected.startsWith('a name of lower-case') || expected.startsWith('a host name')) return nameFor(value);
  const near = didYouMean(value, expected.split(/, | or /));
  return near ? `did you mean ${near}?` : '';
}

function durationFor(value: unknown): string {
  if (typeof value === 'number' && value > 0) return `did you mean ${value}s?`;
  const match = typeof value === 'string' && /^([1-9]\d*) ?(s|m|h|d|sec|second|min|minute|hr|hour|day)s?$/i.exec(value);
  if (!match) return '';
  const unit = match[2]![0]!.toLowerCase();
  return `did you mean ${unit === 'd' ? `${Number(match[1]) * 24}h` : `${match[1]}${unit}`}?`;
}

function quantityFor(value: unknown): string {
  const match = typeof value === 'string' && /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim());
  if (!match) return '';
  const unit = match[2]!.replace(/b(ytes?)?$/i, '');
  const right = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'k', 'M', 'G', 'T', 'P', 'E'].find((name) => name.toLowerCase() === unit.toLowerCase());
  const fixed = `${match[1]}${right ?? ''}`;
  return right !== undefined && parseQuantity(fixed) !== undefined ? `did you mean ${fixed}?` : '';
}

/** Turns any text into a DNS label where that leaves something. */
export function dnsLabelOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}

function nameFor(value: string): string {
  const fixed = value.split('.').map(dnsLabelOf).filter(Boolean).join('.');
  return fixed === '' || fixed === value ? '' : `did you mean ${fixed.includes('.') ? dnsLabelOf(fixed) : fixed}?`;
}
