import { parseQuantity } from '../../lib/quantity.js';

type Format = { type: 'string'; validate: (text: string) => boolean } | { type: 'number'; validate: (value: number) => boolean };

const text = (validate: (text: string) => boolean): Format => ({ type: 'string', validate });

/** The formats that an API server reads, and what it takes; all others are words for people. */
export const formats: Readonly<Record<string, Format>> = {
  byte: text((value) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replace(/[\r\n]/g, ''))),
  'date-time': text((value) => /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))),
  duration: text((value) => /^[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*)$/.test(value)),
  int32: { type: 'number', validate: (value) => value >= -(2 ** 31) && value < 2 ** 31 },
  quantity: text((value) => value === value.trim() && parseQuantity(value) !== undefined),
};

/** What a format expects, in words that follow "expected". */
export const formatWords: Readonly<Record<string, string>> = {
  byte: 'base64',
  'date-time': 'a time such as 2027-01-31T12:00:00Z',
  duration: 'a duration such as 90s or 1h30m',
  int32: 'a number that 32 bits hold',
  quantity: 'a quantity such as 500m, 2 or 16Gi',
};
