import { diagnose, MostikError } from '../diagnostics/index.js';
import type { ClusterTarget } from './kubeconfig.js';

/** What proves to the API server who we are: request headers, or a client certificate and its key (PEM). */
export interface Proof {
  headers: Record<string, string | string[]>;
  cert?: string;
  key?: string;
}

/** Gives the proof for the next request, and makes a fresh one after the server refused the last. */
export interface Credentials {
  current(): Promise<Proof> | Proof;
  /** Forgets what was cached; false when there is no fresh proof to be had. */
  renew(): boolean;
}

/** The error for credentials that could not be had. */
export function credentialsFailed(target: ClusterTarget, problem: string, hint: string): MostikError {
  return new MostikError([diagnose('credentials-failed', { user: target.userName, context: target.context, problem, hint })]);
}
