import { asDict, asList, asString, type Dict } from '../lib/read-unknown.js';

/** A mark on a node that keeps pods away which do not tolerate it. */
export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

/** Reads the taints of a node's spec. */
export function readTaints(spec: Dict): Taint[] {
  return asList(spec['taints']).map((entry) => {
    const { key, value, effect } = asDict(entry);
    return { key: asString(key) ?? '', effect: asString(effect) ?? '', ...(typeof value === 'string' && value !== '' ? { value } : {}) };
  });
}

/** The first taint that keeps the pod off the node: PreferNoSchedule only discourages. */
export function untolerated(taints: readonly Taint[], tolerations: readonly unknown[]): Taint | undefined {
  return taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(asDict(toleration), taint)));
}

/** A node that is cordoned takes pods that tolerate this. */
export const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Tolerations that every pod of a DaemonSet gets. */
export function daemonTolerations(hostNetwork: boolean): Dict[] {
  const exists = (name: string, effect: string): Dict => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect });
  return [
    exists('not-ready', 'NoExecute'),
    exists('unreachable', 'NoExecute'),
    ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((name) => exists(name, 'NoSchedule')),
    ...(hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []),
  ];
}

function tolerates(toleration: Dict, taint: Taint): boolean {
  const effect = asString(toleration['effect']) ?? '';
  const key = asString(toleration['key']) ?? '';
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  switch (toleration['operator'] ?? '') {
    case '':
    case 'Equal':
      return (asString(toleration['value']) ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    default:
      // Lt and Gt are alpha: off unless somebody switches them on.
      return false;
  }
}

/** How the scheduler writes a taint: `{gpu: true}`. */
export function formatTaint({ key, value }: Taint): string {
  return `{${key}: ${value ?? ''}}`;
}
