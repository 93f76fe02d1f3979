/** What an installation is going to need; written by the chart from its values, as JSON. */
export interface Expectations {
  release: string;
  namespace: string;
  claims: ClaimExpectation[];
  /** Names the installation takes; the same name in other hands is a conflict. */
  objects: ObjectExpectation[];
  nodePorts: NodePortExpectation[];
  secrets: SecretExpectation[];
  databases: DatabaseExpectation[];
}

/** `setting` is always the path in the values where a person can change it. */
export interface ClaimExpectation {
  name: string;
  size: string;
  /** Empty for the cluster's default class. */
  storageClass: string;
  setting: string;
}

export interface ObjectExpectation {
  kind: 'Deployment' | 'PersistentVolumeClaim' | 'Service' | 'StatefulSet';
  name: string;
}

export interface NodePortExpectation {
  service: string;
  port: number;
  setting: string;
}

export interface SecretExpectation {
  name: string;
  key: string;
  setting: string;
}

export interface DatabaseExpectation {
  statefulSet: string;
  image: string;
  setting: string;
}

const LISTS = ['claims', 'objects', 'nodePorts', 'secrets', 'databases'] as const;

/** Reads what the chart handed over. The chart's own tests see to its inner form; here only its outline is checked. */
export function readExpectations(json: string | undefined): Expectations {
  const value: unknown = JSON.parse(json || 'null');
  if (isExpectations(value)) return value;
  throw new Error('PRECONDITIONS: expected the JSON object that the chart writes. This program is run by the chart’s hook, not by hand.');
}

function isExpectations(value: unknown): value is Expectations {
  if (typeof value !== 'object' || value === null) return false;
  const has = (name: string, fits: (part: unknown) => boolean): boolean => fits(Reflect.get(value, name));
  return has('namespace', isText) && has('release', isText) && LISTS.every((name) => has(name, Array.isArray));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
