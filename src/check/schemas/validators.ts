import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';
import { asDict, asList, asString, isDict, valueAt, type Dict } from '../../lib/read-unknown.js';
import { groupOf, operatorKinds, type Desired, type KubeObject } from '../../model/index.js';
import { fromCrd } from './crd.js';
import { formats } from './formats.js';
import { kubernetesSchemas, nearestVersion, operatorSchemas, type KubernetesSchemas } from './shipped.js';

/** What is known of a kind in one version. */
export type KnownKind =
  | { kind: 'schema'; from: 'kubernetes' | 'platform' | 'operator'; source: string; schema: Dict; validate: ValidateFunction; deprecated?: string | true }
  /** The kind is described, and not in this version. */
  | { kind: 'other-version'; from: 'platform' | 'operator'; source: string; versions: string[] }
  | { kind: 'unknown' };

/** Finds the schema of an object's kind, compiled when it is first asked for. */
export interface Validators {
  of(object: Pick<KubeObject, 'apiVersion' | 'kind'>): KnownKind;
  kubernetes: KubernetesSchemas;
  /** The Kubernetes version whose schemas are used. */
  version: string;
  /** The schema that a `$ref` names, or the schema itself. */
  follow(schema: unknown): Dict;
}

const root = 'kubernetes';

/** The schemas of a Kubernetes version, of the CRDs among the objects, and of shipped operators. */
export function validators(kubernetesVersion: string, objects: Desired['objects']): Validators {
  const version = nearestVersion(kubernetesVersion);
  const shipped = shippedKinds(version);
  const crds = crdVersions(objects);
  const known = new Map<string, KnownKind>();
  let compile: Compile | undefined;
  return {
    kubernetes: shipped.kubernetes,
    version,
    of: ({ apiVersion, kind }) => {
      const declared = crds.get(`${groupOf(apiVersion)}/${kind}`);
      if (!declared) return shipped.of(apiVersion, kind);
      const id = `${apiVersion}/${kind}`;
      // What a platform declares may change from one run to the next: its compiler is not kept.
      const found = known.get(id) ?? ofCrd(declared, apiVersion, (compile ??= newCompiler(shipped.kubernetes)));
      known.set(id, found);
      return found;
    },
    follow: (schema) => follow(shipped.kubernetes, schema),
  };
}

interface Shipped {
  kubernetes: KubernetesSchemas;
  of(apiVersion: string, kind: string): KnownKind;
}

const kept = new Map<string, Shipped>();

/** What is shipped for a version never changes, so that what was compiled stays for as long as the process lives. */
function shippedKinds(version: string): Shipped {
  let shipped = kept.get(version);
  if (!shipped) kept.set(version, (shipped = newShipped(version)));
  return shipped;
}

function newShipped(version: string): Shipped {
  const kubernetes = kubernetesSchemas(version);
  const compile = newCompiler(kubernetes);
  const known = new Map<string, KnownKind>();
  const find = (apiVersion: string, kind: string): KnownKind => {
    const id = `${apiVersion}/${kind}`;
    if (!Object.hasOwn(kubernetes.kinds, id)) return ofOperator(apiVersion, kind, compile);
    return { kind: 'schema', from: 'kubernetes', source: `Kubernetes ${version}`, ...compile({ $ref: `${root}#/definitions/${kubernetes.kinds[id]}` }) };
  };
  return {
    kubernetes,
    of: (apiVersion, kind) => {
      const found = known.get(`${apiVersion}/${kind}`) ?? find(apiVersion, kind);
      known.set(`${apiVersion}/${kind}`, found);
      return found;
    },
  };
}

function newCompiler(kubernetes: KubernetesSchemas): Compile {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, validateSchema: false, addUsedSchema: false, inlineRefs: false, unicodeRegExp: false, logger: false, code: { optimize: false } });
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);
  ajv.addSchema({ $id: root, definitions: kubernetes.definitions });
  return (schema) => ({ schema, validate: ajv.compile(schema as AnySchema) });
}

const metadata = { $ref: `${root}#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` };

interface Crd {
  name: string;
  versions: Map<string, { schema: unknown; deprecated?: string | true }>;
}

type Compile = (schema: Dict) => { schema: Dict; validate: ValidateFunction };

function crdVersions(objects: Desired['objects']): Map<string, Crd> {
  const found = new Map<string, Crd>();
  for (const { object } of objects) {
    if (object.kind !== 'CustomResourceDefinition' || groupOf(object.apiVersion) !== 'apiextensions.k8s.io') continue;
    const spec = asDict(object['spec']);
    const versions: Crd['versions'] = new Map();
    for (const entry of asList(spec['versions']).map(asDict)) {
      const name = asString(entry['name']);
      if (name === undefined || entry['served'] === false) continue;
      const warning = asString(entry['deprecationWarning']);
      versions.set(name, { schema: valueAt(entry, 'schema', 'openAPIV3Schema'), ...(entry['deprecated'] === true ? { deprecated: warning ?? true } : {}) });
    }
    found.set(`${String(spec['group'])}/${String(valueAt(spec, 'names', 'kind'))}`, { name: object.metadata.name, versions });
  }
  return found;
}

function ofCrd({ name, versions }: Crd, apiVersion: string, compile: Compile): KnownKind {
  const source = `CustomResourceDefinition/${name}`;
  const version = versions.get(apiVersion.slice(apiVersion.indexOf('/') + 1));
  if (!version) return { kind: 'other-version', from: 'platform', source, versions: [...versions.keys()] };
  if (!isDict(version.schema)) return { kind: 'unknown' };
  try {
    return { kind: 'schema', from: 'platform', source, ...compile(fromCrd(version.schema, metadata)), ...(version.deprecated === undefined ? {} : { deprecated: version.deprecated }) };
  } catch {
    // A schema that is none: what is wrong with the CRD is found in the CRD.
    return { kind: 'unknown' };
  }
}

function ofOperator(apiVersion: string, kind: string, compile: Compile): KnownKind {
  const [operator] = Object.entries(operatorKinds).find(([, kinds]) => Object.hasOwn(kinds, `${groupOf(apiVersion)}/${kind}`)) ?? [];
  if (operator === undefined) return { kind: 'unknown' };
  const { source, kinds } = operatorSchemas(operator);
  const found = kinds[`${apiVersion}/${kind}`];
  const named = `${operator} ${source.slice(source.lastIndexOf(' ') + 1)}`;
  if (!found) {
    const versions = Object.keys(kinds).filter((id) => id.startsWith(`${groupOf(apiVersion)}/`) && id.endsWith(`/${kind}`)).map((id) => id.split('/')[1] ?? '');
    return { kind: 'other-version', from: 'operator', source: named, versions };
  }
  return { kind: 'schema', from: 'operator', source: named, ...compile(fromCrd(found.schema, metadata)), ...(found.deprecated === undefined ? {} : { deprecated: found.deprecated }) };
}

function follow({ definitions }: KubernetesSchemas, schema: unknown): Dict {
  const node = asDict(schema);
  const name = asString(node['$ref'])?.split('#/definitions/')[1];
  return name === undefined ? node : asDict(definitions[name]);
}
