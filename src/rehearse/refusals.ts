import type { Refuser } from './schema.js';

const patterns: [RegExp, Refuser['kind']][] = [
  [/ValidatingAdmissionPolicy '([^']+)'/, 'policy'],
  [/exceeded quota: ([^,\s]+)/, 'quota'],
  [/failed quota: ([^:,\s]+)/, 'quota'],
  [/violates PodSecurity "([^"]+)"/, 'pod-security'],
  [/admission webhook "([^"]+)" denied/, 'webhook'],
];
const limits = /(?:maximum|minimum|max limit to request ratio).* (?:usage )?per (?:Container|Pod|PersistentVolumeClaim)/;

/** Tells from the API server's words who refused an object. */
export function refuserOf(message: string): Refuser {
  for (const [pattern, kind] of patterns) {
    const name = pattern.exec(message)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return limits.test(message) ? { kind: 'limits' } : { kind: 'server' };
}
