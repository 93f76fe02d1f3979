import type { Diagnostic } from '../diagnostics/index.js';

/**
 * `render` is Mostik's own Go code (`mostik-render`); `cluster` the official Kubernetes programs (`mostik-cluster`); `node` what a
 * real node runs beside them (`mostik-node`: kubelet, kube-proxy, CoreDNS, metrics-server, an image registry).
 */
export const engineNames = ['render', 'cluster', 'node'] as const;
export type EngineName = (typeof engineNames)[number];

/** Where an engine may come from, in the order they are tried. */
export const engineSources = ['folder', 'cache', 'npm', 'download', 'go'] as const;
export type EngineSource = (typeof engineSources)[number];

/** A binary that is ready to run. `mostik-cluster` takes the name of the program as its first argument. */
export interface Engine {
  name: EngineName;
  /** Absolute path of the file to start. */
  path: string;
  source: EngineSource;
  /** What it says of itself: `kubernetes v1.36.3, etcd v3.6.8`; empty when nobody has asked it. */
  version: string;
}

/** What is told while an engine is got. */
export type EngineEvent =
  | { type: 'skipped'; engine: EngineName; source: EngineSource; diagnostic: Diagnostic }
  | { type: 'waiting'; engine: EngineName; holder: string; seconds: number }
  | { type: 'downloading'; engine: EngineName; bytes: number; total: number | undefined; seconds: number }
  | { type: 'building'; engine: EngineName; step: BuildStep; done: number; total: number | undefined; seconds: number }
  | { type: 'ready'; engine: EngineName; path: string; source: EngineSource; seconds: number };

/** `modules`: sources being fetched; `packages`: being compiled; `link`: the binary being written. */
export type BuildStep = 'modules' | 'packages' | 'link';

export interface EngineOptions {
  onProgress?: (event: EngineEvent) => void;
  signal?: AbortSignal;
  /** Only these sources; all of them by default. */
  sources?: readonly EngineSource[];
  /** Folder that holds `engine/NAME`; Mostik's own by default. */
  root?: string;
  /** Environment variables to go by; those of this process by default. */
  env?: NodeJS.ProcessEnv;
}
