import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { keyedDigest } from '../lib/canonical-json.js';
import type { Dict } from '../lib/read-unknown.js';
import type { KubeObject, ResolvedComponent, ResolvedPlatform, SecretTable, WorkloadSource } from '../model/index.js';
import type { Draft } from './draft.js';
import { componentSeed } from './items.js';

/** Port of the Service before a workload. */
const servicePort = 80;
/** Annotation of the pods that changes with the secrets they take, so that they start again with new ones. */
const checksum = 'mostik.dev/env-checksum';

interface Making {
  platform: ResolvedPlatform;
  component: ResolvedComponent;
  workload: WorkloadSource;
  secrets: SecretTable;
}

/** The objects of a native workload: a Deployment, and what its port, its secrets and its exposure ask for. */
export function workloadDrafts(platform: ResolvedPlatform, component: ResolvedComponent, secrets: SecretTable): { drafts: Draft[]; diagnostics: Diagnostic[] } {
  if (component.source.kind !== 'workload') return { drafts: [], diagnostics: [] };
  const { workload } = component.source;
  const making: Making = { platform, component, workload, secrets };
  const objects = [secretOf(making), serviceOf(making), deploymentOf(making), ingressOf(making)];
  const at = component.locate(['workload']);
  const drafts = objects.flatMap((object) => (object ? [{ component, object, at, keep: false }] : []));
  return { drafts, diagnostics: exposeProblems(making) };
}

/** Whether a workload takes a secret, so that its checksum needs the seed. */
export function takesSecrets({ source }: ResolvedComponent): boolean {
  return source.kind === 'workload' && secretEnv(source.workload).length > 0;
}

function exposeProblems({ component, workload }: Making): Diagnostic[] {
  const { expose, name } = component;
  if (!expose) return [];
  if (workload.port === undefined) return [diagnose('expose-no-port', { component: name }, component.locate(['expose']))];
  if (expose.port === undefined || expose.port === servicePort || expose.port === workload.port) return [];
  return [diagnose('expose-other-port', { component: name, port: expose.port, expected: workload.port }, component.locate(['expose', 'port']))];
}

function selectorOf({ platform, component }: Making): Record<string, string> {
  return { 'app.kubernetes.io/name': component.name, 'app.kubernetes.io/instance': platform.name };
}

function metadataOf(making: Making, name = making.component.name): KubeObject['metadata'] {
  return { name, labels: selectorOf(making) };
}

function secretEnv({ env }: WorkloadSource): [string, string][] {
  return Object.entries(env).flatMap(([name, value]): [string, string][] => (typeof value === 'object' ? [[name, value.secret]] : []));
}

function secretName({ component }: Making): string {
  return `${component.name}-env`;
}

function valueOf(name: string, secrets: SecretTable): string {
  const value = secrets.get(name);
  if (value === undefined) throw new Error(`secret ${name} has no value`);
  return value;
}

function secretOf(making: Making): KubeObject | undefined {
  const taken = secretEnv(making.workload);
  if (taken.length === 0) return undefined;
  const data = Object.fromEntries(taken.map(([env, name]) => [env, Buffer.from(valueOf(name, making.secrets), 'utf8').toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: metadataOf(making, secretName(making)), type: 'Opaque', data };
}

function serviceOf(making: Making): KubeObject | undefined {
  if (making.workload.port === undefined) return undefined;
  const ports = [{ name: 'http', port: servicePort, protocol: 'TCP', targetPort: 'http' }];
  return { apiVersion: 'v1', kind: 'Service', metadata: metadataOf(making), spec: { type: 'ClusterIP', selector: selectorOf(making), ports } };
}

function deploymentOf(making: Making): KubeObject {
  const { component, workload } = making;
  // A token of the API is mounted only where an edge says that the pods talk to it.
  const talksToApi = component.edges.some(({ kind }) => kind === 'kubernetes-api');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(making),
    spec: {
      replicas: workload.replicas,
      selector: { matchLabels: selectorOf(making) },
      template: {
        metadata: { labels: selectorOf(making), ...podAnnotations(making) },
        spec: {
          automountServiceAccountToken: talksToApi,
          securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
          containers: [containerOf(making)],
        },
      },
    },
  };
}

function podAnnotations(making: Making): { annotations?: Record<string, string> } {
  const { platform, component, workload, secrets } = making;
  const taken = secretEnv(workload);
  const annotations = { ...workload.annotations };
  if (taken.length > 0) {
    // Keyed, so that nobody who may read pods can try passwords against it.
    const values = taken.map(([env, name]) => [env, valueOf(name, secrets)]);
    annotations[checksum] = keyedDigest(Buffer.from(componentSeed(platform, component, secrets), 'utf8'), values).slice(0, 32);
  }
  return Object.keys(annotations).length > 0 ? { annotations } : {};
}

function containerOf(making: Making): Dict {
  const { component, workload } = making;
  const { image, command, args, port, healthPath, resources } = workload;
  const env = Object.entries(workload.env).map(([name, value]) =>
    typeof value === 'object' ? { name, valueFrom: { secretKeyRef: { name: secretName(making), key: name } } } : { name, value: String(value) },
  );
  return {
    name: component.name,
    image,
    ...(command ? { command } : {}),
    ...(args ? { args } : {}),
    ...(env.length > 0 ? { env } : {}),
    ...(port === undefined ? {} : { ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }] }),
    ...(healthPath && port !== undefined ? { readinessProbe: { httpGet: { path: healthPath, port: 'http' }, periodSeconds: 5, timeoutSeconds: 3 } } : {}),
    ...(resources ? { resources: quantities(resources) } : {}),
    securityContext: { allowPrivilegeEscalation: false },
  };
}

/** Quantities as the API server writes them: text, parts of one in thousandths. */
export function quantities(resources: NonNullable<WorkloadSource['resources']>): Dict {
  return Object.fromEntries(
    Object.entries(resources).map(([kind, amounts]) => [kind, Object.fromEntries(Object.entries(amounts ?? {}).map(([name, amount]) => [name, quantity(amount)]))]),
  );
}

function quantity(amount: string | number): string {
  return typeof amount === 'string' || Number.isInteger(amount) ? String(amount) : `${Math.ceil(amount * 1000)}m`;
}

function ingressOf(making: Making): KubeObject | undefined {
  const { component, workload } = making;
  const { expose } = component;
  if (!expose || workload.port === undefined) return undefined;
  const backend = { service: { name: component.name, port: { number: servicePort } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadataOf(making),
    spec: {
      ...(expose.class ? { ingressClassName: expose.class } : {}),
      ...(expose.tlsSecret ? { tls: [{ hosts: [expose.host], secretName: expose.tlsSecret }] } : {}),
      rules: [{ host: expose.host, http: { paths: [{ path: expose.path, pathType: 'Prefix', backend }] } }],
    },
  };
}
