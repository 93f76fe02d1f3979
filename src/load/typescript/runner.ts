/**
 * Modules that are bundled with a platform.ts and run in its process. They are text: nothing here runs in Mostik's own process.
 */

/** Takes the network away before the platform file is evaluated. It keeps files honest; it is no wall against malice. */
export const guardModule = `
import net from 'node:net';
import dgram from 'node:dgram';
import dns from 'node:dns';
const refuse = () => { throw new Error('a platform file may not use the network'); };
net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;
dgram.createSocket = refuse;
dgram.Socket.prototype.send = refuse;
dgram.Socket.prototype.bind = refuse;
for (const owner of [dns, dns.promises]) for (const name of Object.keys(owner)) if (/^(lookup|resolve|reverse)/.test(name)) owner[name] = refuse;
`;

/** What the platform file imports as 'mostik': the real thing, with the place of each call noted by the object it returns. */
export function placesModule(entry: string): string {
  const from = JSON.stringify(entry);
  return `
export * from ${from};
import * as own from ${from};
const places = (globalThis[Symbol.for('mostik.places')] ??= new WeakMap());
function noted(call) {
  return function marked(value) {
    const result = call(value);
    const here = {};
    Error.captureStackTrace(here, marked);
    if (typeof result === 'object' && result !== null) places.set(result, here.stack);
    return result;
  };
}
export const definePlatform = noted(own.definePlatform);
export const component = noted(own.component);
`;
}

/** Imports the platform file and writes what it exports, or what is wrong with it, as JSON to file descriptor 3. */
export function entryModule(file: string): string {
  return `
import 'mostik-run:guard';
import { writeSync } from 'node:fs';
const places = (globalThis[Symbol.for('mostik.places')] ??= new WeakMap());
class NotData extends Error {
  constructor(path, got, hint) { super(got); this.notData = { path, got, hint }; }
}
const limits = { depth: 100, values: 200000 };
let values = 0;
const found = [];
function plain(value, path, above) {
  if (++values > limits.values || path.length > limits.depth) throw new NotData(path, 'so much', 'a platform has at most ' + limits.values + ' values, nested ' + limits.depth + ' deep');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new NotData(path, String(value), 'use a finite number');
  }
  if (value === undefined) throw new NotData(path, 'undefined', 'leave the key out; environment variables are not there when the file runs');
  if (typeof value !== 'object') throw new NotData(path, 'a ' + typeof value, 'write a text, a number, true, false, null, a list or a map');
  if (above.includes(value)) throw new NotData(path, 'a value that holds itself', 'take the circle away');
  if (places.has(value)) found.push([path, places.get(value)]);
  const inside = [...above, value];
  if (Array.isArray(value)) return Array.from(value, (item, index) => plain(item, [...path, index], inside));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NotData(path, 'a ' + (prototype?.constructor?.name ?? 'special object'), 'write plain data: ' + (value instanceof Map ? 'Object.fromEntries(map)' : value instanceof Date ? 'date.toISOString()' : value instanceof Set ? '[...set]' : typeof value.then === 'function' ? 'await the promise' : 'a map'));
  const out = {};
  for (const key of Object.keys(value)) Object.defineProperty(out, key, { value: plain(value[key], [...path, key], inside), enumerable: true });
  return out;
}
function tell(message) {
  const bytes = Buffer.from(JSON.stringify(message));
  for (let at = 0; at < bytes.length; ) {
    try { at += writeSync(3, bytes, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
  }
}
function wordsOf(error) {
  const words = error instanceof Error ? error.name + ': ' + error.message : String(error);
  return error?.cause instanceof Error ? words + ' (' + error.cause.message + ')' : words;
}
function fail(error) {
  if (error?.notData) tell({ kind: 'not-data', ...error.notData, places: found });
  else tell({ kind: 'error', message: wordsOf(error), stack: String(error?.stack ?? '') });
  process.exit(1);
}
process.on('uncaughtException', fail);
try {
  const module = await import(${JSON.stringify(file)});
  if (!('default' in module)) tell({ kind: 'no-default' });
  else {
    const data = plain(await module.default, [], []);
    tell({ kind: 'data', data, places: found });
  }
  process.exit(0);
} catch (error) {
  fail(error);
}
`;
}
