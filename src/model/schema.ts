import { z } from 'zod';

/** The platform file (`platform.yaml`), version mostik.dev/v1. Schema and type share one name; docs come from `describe`. */

const dnsLabel = z.string().max(63).regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'a DNS label: lower-case letters, digits and dashes, at most 63');
const quantity = z.union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/, 'a Kubernetes quantity such as 500m, 2 or 16Gi')]);
const duration = z.string().regex(/^(\d+h)?(\d+m)?(\d+s)?$/, 'a duration such as 90s, 5m or 1h30m').min(2);
const port = z.int().min(1).max(65535);
const values = z.record(z.string(), z.json());

/** A node of the cluster, as many times as `count` says. */
export const NodeSpec = z.strictObject({
  name: dnsLabel.describe('Name of the node; with a count above 1 a number is added'),
  count: z.int().min(1).max(5000).default(1),
  cpu: quantity.default(4).describe('CPU cores'),
  memory: quantity.default('16Gi'),
  pods: z.int().min(1).max(1000).default(110),
  gpus: z.int().min(0).max(64).default(0).describe('nvidia.com/gpu'),
  labels: z.record(z.string(), z.string()).default({}),
  taints: z
    .array(z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) }))
    .default([]),
});
export type NodeSpec = z.infer<typeof NodeSpec>;

/** Where the platform runs. */
export const ClusterSpec = z.strictObject({
  provider: z.enum(['embedded', 'existing']).describe('embedded: a real control plane that Mostik runs; existing: the cluster of your kubeconfig'),
  name: dnsLabel.optional().describe('Name of the embedded cluster; the platform\'s by default'),
  nodes: z.array(NodeSpec),
  provides: z.array(z.string()).describe('What is there already: APIs (group/version or group/version/Kind), classes, controllers'),
  contexts: z.array(z.string()).describe('With provider existing: the kubeconfig contexts this platform may be applied to'),
});
export type ClusterSpec = z.infer<typeof ClusterSpec>;

/** How a secret value comes to be. */
export const SecretSpec = z.strictObject({
  generate: z
    .strictObject({ length: z.int().min(8).max(256).default(24), alphabet: z.enum(['alphanumeric', 'hex', 'printable']).default('alphanumeric') })
    .optional()
    .describe('Generated once and kept: in .env and in the cluster'),
  env: z.string().regex(/^[A-Z_][A-Z0-9_]*$/).optional().describe('Name in .env; by default the secret\'s name in capitals'),
});
export type SecretSpec = z.infer<typeof SecretSpec>;

/** A path of traffic and an order: this component talks to that one, and starts after it. */
export const Uses = z.union([
  dnsLabel,
  z.strictObject({ component: dnsLabel, ports: z.array(z.union([port, z.string()])).optional() }),
  z.strictObject({ dns: z.literal(true) }),
  z.strictObject({ 'kubernetes-api': z.literal(true) }),
  z.strictObject({ ingress: z.literal(true) }),
  z.strictObject({ webhook: z.literal(true) }),
  z.strictObject({ cidr: z.string().regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/, 'a CIDR such as 10.0.0.0/8'), ports: z.array(port).optional() }),
]);
export type Uses = z.infer<typeof Uses>;

/** A small native workload: a Deployment, its Service, and an Ingress when the component is exposed. */
export const WorkloadSource = z.strictObject({
  image: z.string().min(1),
  port: port.optional().describe('Container port; a Service on port 80 stands before it'),
  replicas: z.int().min(0).default(1),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.strictObject({ secret: z.string() })])).default({}).describe('Plain values, or { secret: NAME } of spec.secrets'),
  resources: z
    .strictObject({ requests: z.record(z.string(), quantity).optional(), limits: z.record(z.string(), quantity).optional() })
    .optional(),
  healthPath: z.string().startsWith('/').optional().describe('HTTP path of the readiness probe'),
  annotations: z.record(z.string(), z.string()).optional().describe('Annotations of the pods'),
});
export type WorkloadSource = z.infer<typeof WorkloadSource>;

const componentFields = {
  chart: z.string().min(1).describe('A Helm chart: folder or .tgz below the platform\'s root'),
  use: z.string().min(1).describe('A component of Mostik\'s catalog'),
  manifests: z.array(z.string().min(1)).min(1).describe('Files of Kubernetes objects, or a kustomization folder'),
  workload: WorkloadSource,
  namespace: dnsLabel,
  release: dnsLabel.describe('Helm release name; the component\'s name by default'),
  files: z.array(z.string()).describe('Values files, merged in order'),
  values: values.describe('Values, merged last'),
  secretValues: z.record(z.string(), z.string()).describe('Values path to the name of a secret'),
  uses: z.array(Uses),
  needs: z.array(dnsLabel).describe('Components that must be healthy before this one starts'),
  expose: z.strictObject({ host: z.string().min(1), path: z.string().startsWith('/').default('/'), port: port.optional(), class: z.string().optional(), tlsSecret: z.string().optional() }),
  data: z.boolean().describe('Holds data: replacements and deletions are dangers'),
  enabled: z.boolean(),
  external: z.array(z.string()).describe('Kind/name of namespaces and CRDs that somebody else keeps: never written, never deleted'),
  pods: z.array(z.strictObject({ selector: z.record(z.string(), z.string()), ports: z.array(port).default([]) })).describe('Pods that an operator makes'),
  timeout: duration.describe('How long to wait for this component to be healthy'),
};

/** A part of a platform with one source. */
export const Component = z.strictObject(componentFields).partial();
export type Component = z.infer<typeof Component>;

const Budget = z.strictObject({
  deleteClaims: z.enum(['never', 'allowed']).optional(),
  deletions: z.int().min(0).optional(),
});

/** What a profile, or a file of `-f`, may change: maps merge, lists replace, a profile's `files` are appended. */
export const Profile = z
  .strictObject({
    namespace: dnsLabel,
    cluster: ClusterSpec.partial(),
    secrets: z.record(dnsLabel, SecretSpec),
    components: z.record(dnsLabel, Component),
    budget: Budget,
    timeout: duration,
  })
  .partial();
export type Profile = z.infer<typeof Profile>;

/** A platform file. */
export const Platform = z.strictObject({
  apiVersion: z.literal('mostik.dev/v1'),
  kind: z.literal('Platform'),
  metadata: z.strictObject({ name: dnsLabel }),
  spec: z.strictObject({
    kubernetes: z.string().regex(/^1\.\d+$/, 'a Kubernetes minor version such as "1.36"').default('1.36'),
    namespace: dnsLabel.default('default').describe('Namespace of components that name none'),
    cluster: ClusterSpec.partial().default({}),
    secrets: z.record(dnsLabel, SecretSpec).default({}),
    components: z.record(dnsLabel, Component),
    defaultProfile: z.string().optional(),
    profiles: z.record(dnsLabel, Profile).default({}),
    budget: Budget.default({}),
    timeout: duration.default('5m').describe('How long to wait for each component, unless it says otherwise'),
    state: z.strictObject({ namespace: dnsLabel.default('mostik-system'), keep: z.int().min(1).max(200).default(20) }).default({ namespace: 'mostik-system', keep: 20 }),
  }),
});
export type Platform = z.infer<typeof Platform>;
