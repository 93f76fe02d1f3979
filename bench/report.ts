import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { median } from './measure.js';

/** One measured job: seconds of each round, by tool. */
export type Row = Record<string, number[]>;
export type Rows = Map<string, Row>;

/** Notes one figure of a job. */
export function note(rows: Rows, job: string, tool: string, seconds: number): void {
  const row = rows.get(job) ?? {};
  (row[tool] ??= []).push(seconds);
  rows.set(job, row);
}

/** What the figures were taken on. */
export function machine(rounds: number): string {
  return `mostik ${ownVersion()}, node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, medians of ${rounds} rounds`;
}

export function ownVersion(): string {
  return (parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
}

export function cell(seconds: number[] | undefined): string {
  return seconds ? median(seconds).toFixed(2) : '-';
}

export function ratio(of: number[] | undefined, to: number[] | undefined): string {
  return of && to ? (median(of) / median(to)).toFixed(2) : '-';
}

/** Prints a report and keeps it, for people and for machines. */
export function save(folder: string, name: string, { text, data }: { text: string; data: object }): void {
  console.log(text);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.txt`), `${text}\n`);
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ version: 1, mostik: ownVersion(), node: process.version, cores: cpus().length, ...data }, null, 1)}\n`);
}
