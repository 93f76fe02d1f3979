import type { Duplex, Readable, Writable } from 'node:stream';
import type { KubeObject, ObjectRef } from '../model/index.js';
import type { Dict } from '../lib/read-unknown.js';
import type { Resource } from './discovery.js';

/** One cluster, spoken to as one user. Failures are ApiError (the server refused) or MostikError (it cannot be reached). */
export interface Kube {
  /** Name of the kubeconfig context. */
  readonly context: string;
  /** URL of the API server. */
  readonly server: string;
  /** The context's namespace, when it names one. */
  readonly namespace?: string;

  version(signal?: AbortSignal): Promise<ServerVersion>;
  /** What /readyz says; false also while the server cannot be reached. */
  ready(signal?: AbortSignal): Promise<boolean>;
  /** uid of the namespace kube-system: the cluster's identity, whatever its address. */
  clusterId(signal?: AbortSignal): Promise<string>;

  /** What the cluster serves, asked once and kept. */
  resources(): Promise<readonly Resource[]>;
  resourceFor(apiVersion: string, kind: string): Promise<Resource | undefined>;
  /** The same kind in the version that the server prefers. */
  preferredResource(group: string, kind: string): Promise<Resource | undefined>;
  refreshDiscovery(): Promise<void>;
  /** Waits until the cluster serves a kind whose CustomResourceDefinition was just written; undefined after the time is up. */
  waitForKind(apiVersion: string, kind: string, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Resource | undefined>;

  /** All objects of a kind, page by page; apiVersion and kind are filled in. */
  list(apiVersion: string, kind: string, options?: ListOptions): Promise<KubeList>;
  /** Undefined when there is no such object, or the cluster does not serve its kind. */
  get(ref: ObjectRef, options?: GetOptions): Promise<KubeObject | undefined>;
  /** Server-side apply, never forced unless asked. `metadata.uid` in the object is a precondition. */
  apply(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  create(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** PUT; `metadata.resourceVersion` in the object is a precondition. */
  replace(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  patch(ref: ObjectRef, patch: Patch, options?: WriteOptions): Promise<KubeObject>;
  /** Returns the object as it was or, with finalizers or children, as it is now; undefined when it was gone already. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<KubeObject | undefined>;

  /** Lists, then tells every change until the signal: resumes after cuts, lists again when the server forgot the place. */
  watch(apiVersion: string, kind: string, options: WatchOptions, onEvent: (event: WatchEvent) => void): Promise<void>;
  /** Keeps the objects of a kind current until the signal. */
  watchList(apiVersion: string, kind: string, options: WatchOptions): WatchedList;
  /** The log of one container, line by line. */
  logs(pod: ObjectRef, options?: LogOptions): AsyncGenerator<string, void, undefined>;
  /** Runs a command in a container; settles once it is started, or refused. */
  exec(pod: ObjectRef, options: ExecOptions): Promise<ExecSession>;
  /** Opens one connection to a port of a pod; what goes wrong in the pod is the stream's error. */
  forwardPort(pod: ObjectRef, port: number, options?: CallOptions): Promise<Duplex>;
  /** What a Service answers to a GET, asked through the API server; undefined when there is no such Service. */
  readService(service: ObjectRef, path: string, options?: CallOptions): Promise<string | undefined>;

  /** Ends the connections. A process may also just end: idle connections do not hold it. */
  close(): void;
}

export interface ServerVersion {
  /** `v1.36.3` */
  gitVersion: string;
  /** `1.36` */
  minor: string;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface GetOptions extends CallOptions {
  /** Only apiVersion, kind and metadata. */
  metadataOnly?: boolean;
}

export interface ListOptions extends GetOptions {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Objects per request; 500 by default. */
  pageSize?: number;
}

export interface KubeList {
  items: KubeObject[];
  /** The state of the cluster that this is: a watch goes on from here. */
  resourceVersion: string;
}

export interface WriteOptions extends CallOptions {
  dryRun?: boolean;
  /** `mostik` by default. */
  fieldManager?: string;
  subresource?: string;
  /** What the server says with `Warning:` headers. */
  onWarning?: (warning: string) => void;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes fields from other managers. */
  force?: boolean;
  /** Precondition: the object must be there and be this one. */
  uid?: string;
}

/** A JSON patch (RFC 6902) or a merge patch (RFC 7386). */
export type Patch = { type: 'json'; operations: JsonPatchOperation[] } | { type: 'merge'; body: Dict };

export type JsonPatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string };

export interface DeleteOptions extends CallOptions {
  /** Preconditions: another answer than this one is a conflict. */
  uid?: string;
  resourceVersion?: string;
  /** Background by default, for every kind. */
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  dryRun?: boolean;
}

export interface WatchOptions {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Goes on from a list that was made before. */
  resourceVersion?: string;
  signal: AbortSignal;
}

/** `listed` is the whole truth at one moment: at the start, and after the server forgot where we were. */
export type WatchEvent = { type: 'listed'; items: KubeObject[]; resourceVersion: string } | { type: 'added' | 'modified' | 'deleted'; object: KubeObject };

export interface WatchedChange {
  type: 'added' | 'modified' | 'deleted';
  object: KubeObject;
  previous?: KubeObject;
}

export interface WatchedList {
  /** By keyOf. */
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** Settles when the first list is in. */
  readonly listed: Promise<void>;
  /** Calls back for each change after now; returns what stops that. */
  onChange(callback: (change: WatchedChange) => void): () => void;
  /** Ends with the signal; rejects when the server refuses for good. */
  readonly done: Promise<void>;
}

export interface LogOptions extends CallOptions {
  container?: string;
  tailLines?: number;
  sinceSeconds?: number;
  /** Only lines since this moment (RFC 3339); the kubelet counts whole seconds. */
  sinceTime?: string;
  /** Goes on until the container ends or the signal. */
  follow?: boolean;
  previous?: boolean;
  timestamps?: boolean;
}

export interface ExecOptions extends CallOptions {
  container?: string;
  /** The program and its arguments; no shell reads them. */
  command: readonly string[];
  /** Whether the command reads what is written to `stdin`; otherwise it sees an end at once. */
  stdin?: boolean;
  /** Gives the command a terminal: stderr comes with stdout, and Ctrl-C in `stdin` is a signal. */
  tty?: boolean;
}

/** A command that runs in a container. */
export interface ExecSession {
  /** Ending it is the end of the command's input; what it writes still comes. */
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** Tells the terminal's size. */
  resize(columns: number, rows: number): void;
  /** How it ended. Rejects when the connection broke before that was known, and with the signal's reason. */
  exit: Promise<ExecExit>;
}

export interface ExecExit {
  /** The exit code of the command; 128 + n after signal n. Undefined when it could not be started. */
  code: number | undefined;
  /** The container runtime's words where there is no code. */
  problem: string;
}
