import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { MostikError, type Diagnostic } from '../diagnostics/index.js';
import type { EngineEvent, EngineName, EngineOptions, EngineSource } from './engine.js';

/** A folder with two tiny Go modules in the place of Mostik's engines, and a cache of its own. */
export interface Fixture {
  folder: string;
  root: string;
  env: NodeJS.ProcessEnv;
  options: EngineOptions;
  events: EngineEvent[];
  /** Writes a file of an engine's module. */
  write(name: EngineName, file: string, text: string): void;
  /** Names in the cache of engines, hidden ones too. */
  cached(): string[];
  /** `source: code` of every source that could not help. */
  skipped(): string[];
}

/** Runs a test only where Go is; elsewhere it is reported as skipped, with the reason in its title. */
export function withGo(title: string, body: () => Promise<void>): void {
  if (hasGo) test(title, { timeout: 120_000 }, body);
  else test.skip(`${title} (skipped: there is no go in PATH)`, body);
}

const goCache = spawnSync('go', ['env', 'GOCACHE'], { encoding: 'utf8' });
const hasGo = goCache.status === 0;

const program = `package main

import "os"

func main() { os.Stdout.WriteString(\`{"fixture":"v1"}\`) }
`;

/** Makes a Fixture that goes away with the test. */
export function makeFixture(sources?: readonly EngineSource[]): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'mostik-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'mostik');
  const write = (name: EngineName, file: string, text: string): void => {
    const path = join(root, 'engine', name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const name of ['render', 'cluster'] as const) {
    write(name, 'go.mod', `module example.org/${name}\n\ngo 1.21\n`);
    write(name, 'main.go', program);
  }
  // Go's own cache follows XDG_CACHE_HOME: an empty one would compile the standard library for each test.
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), MOSTIK_ENGINE_DIR: '', ...(hasGo && { GOCACHE: goCache.stdout.trim() }) };
  const events: EngineEvent[] = [];
  const options: EngineOptions = { root, env, onProgress: (event) => events.push(event), ...(sources && { sources }) };
  const cached = (): string[] => readdirSync(join(folder, 'cache', 'mostik', 'engines')).sort();
  const skipped = (): string[] => events.flatMap((event) => (event.type === 'skipped' ? [`${event.source}: ${event.diagnostic.code}`] : []));
  return { folder, root, env, options, events, write, cached, skipped };
}

/** The Diagnostics a call ends with; fails when it succeeds. */
export async function diagnosticsOf(call: Promise<unknown>): Promise<Diagnostic[]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof MostikError) return error.diagnostics;
    throw error;
  }
  throw new Error('expected Diagnostics, but the call succeeded');
}

/** Writes a file that runs: a shell script. */
export function writeScript(path: string, text = 'exit 0'): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}
