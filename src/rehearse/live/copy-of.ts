import { asDict, asList, asString, valueAt, type Dict } from '../../lib/read-unknown.js';
import type { KubeObject } from '../../model/index.js';
import { withoutConversion } from '../crds.js';
import { bareCopy } from './bare-copy.js';
import { simulatedClass } from './classes.js';

/** Annotations by which controllers of Kubernetes remember what they did. */
const ofControllers = /^(?:pv\.kubernetes\.io\/|volume\.(?:beta\.)?kubernetes\.io\/(?:storage-provisioner|selected-node)|deployment\.kubernetes\.io\/|batch\.kubernetes\.io\/job-tracking|endpoints\.kubernetes\.io\/)/;
const jobLabels = new Set(['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name']);

/** Makes of a live object what another cluster takes as a new one. */
export function copyOf(object: KubeObject): KubeObject {
  const bare = withoutAnnotations(bareCopy(object));
  const spec = asDict(bare['spec']);
  switch (bare.kind) {
    case 'Namespace':
      return { apiVersion: 'v1', kind: 'Namespace', metadata: bare.metadata };
    case 'CustomResourceDefinition':
      return withoutConversion(bare);
    case 'StorageClass':
      return simulatedClass(bare);
    case 'Service':
      return { ...bare, spec: spec['clusterIP'] === 'None' ? without(spec, ['ipFamilies', 'ipFamilyPolicy']) : without(spec, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort']) };
    case 'PersistentVolume':
      return volume(bare, spec);
    case 'ServiceAccount':
      return without(bare, ['secrets']) as KubeObject;
    case 'Job':
      return job(bare, spec);
    case 'Pod':
      return { ...bare, spec: podSpec(spec) };
    default:
      return bare;
  }
}

function withoutAnnotations(object: KubeObject): KubeObject {
  const { annotations } = object.metadata;
  if (!annotations) return object;
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !ofControllers.test(key))) } };
}

function without(map: Dict, keys: readonly string[]): Dict {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

/** A volume of the same size in the same place, with nothing behind it; its claim is told by name alone. */
function volume(bare: KubeObject, spec: Dict): KubeObject {
  const kept = ['capacity', 'accessModes', 'storageClassName', 'volumeMode', 'nodeAffinity'].flatMap((key): [string, unknown][] => (spec[key] === undefined ? [] : [[key, spec[key]]]));
  const claim = asDict(spec['claimRef']);
  return {
    ...bare,
    spec: {
      ...Object.fromEntries(kept),
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: '/nothing-is-mounted-here' },
      ...(claim['name'] === undefined ? {} : { claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: claim['namespace'], name: claim['name'] } }),
    },
  };
}

/** A Job's selector and the labels that go with it are made by the server, unless a person chose them. */
function job(bare: KubeObject, spec: Dict): KubeObject {
  if (spec['manualSelector'] === true) return bare;
  const template = asDict(spec['template']);
  const metadata = asDict(template['metadata']);
  const labelsOf = (labels: unknown): Dict => Object.fromEntries(Object.entries(asDict(labels)).filter(([key]) => !jobLabels.has(key)));
  const { labels, ...rest } = bare.metadata;
  return { ...bare, metadata: { ...rest, ...(labels ? { labels: labelsOf(labels) as Record<string, string> } : {}) }, spec: { ...without(spec, ['selector']), template: { ...template, metadata: { ...metadata, labels: labelsOf(metadata['labels']) } } } };
}

/** Without what admission and the scheduler have put in. */
function podSpec(spec: Dict): Dict {
  const isToken = (named: unknown): boolean => (asString(valueAt(named, 'name')) ?? '').startsWith('kube-api-access-');
  const containers = (list: unknown): Dict[] => asList(list).map((container) => ({ ...asDict(container), volumeMounts: asList(asDict(container)['volumeMounts']).filter((mount) => !isToken(mount)) }));
  return {
    ...without(spec, ['nodeName', 'priority', 'preemptionPolicy', 'serviceAccount', 'ephemeralContainers']),
    volumes: asList(spec['volumes']).filter((entry) => !isToken(entry)),
    containers: containers(spec['containers']),
    ...(spec['initContainers'] === undefined ? {} : { initContainers: containers(spec['initContainers']) }),
  };
}
