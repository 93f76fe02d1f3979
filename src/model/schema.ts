import { isIP } from 'node:net';
import { z } from 'zod';
import { K3dSpec, RegistrySpec } from './cluster-schema.js';
import { duration } from './duration-schema.js';
import { ModelServerSource, ModelSource } from './models-schema.js';
import { patchOf } from './patch.js';
import { ComponentTest } from './tests-schema.js';

/**
 * The platform file (`platform.yaml`), version mostik.dev/v1. Schema and type share one name; docs come from `describe`.
 * A message given to a check says what is expected, in words that follow "expected".
 */

const name = 'a name of lower-case letters, digits and dashes';
const dnsLabel = z.string(name).max(63, 'at most 63 letters').regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, name);
const quantityText = /^\+?(\d+(\.\d*)?|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?\d+)?$/;
const anyQuantity = 'a quantity such as 500m, 2 or 16Gi';
const quantity = z
  .union([z.number().nonnegative('0 or more'), z.string().regex(quantityText, anyQuantity)], anyQuantity)
  .meta({ examples: ['500m', 2, '16Gi'] });
const whole = (least: number, most?: number) => {
  const expected = most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`;
  const atLeast = z.int(expected).min(least, expected);
  return most === undefined ? atLeast : atLeast.max(most, expected);
};
const anyPort = 'a port, 1 to 65535';
const port = z.int(anyPort).min(1, anyPort).max(65535, anyPort);
const anyCidr = 'a CIDR such as 10.0.0.0/8';
const cidr = z
  .string(anyCidr)
  .regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/, anyCidr)
  .refine(isCidr, anyCidr)
  .meta({ examples: ['10.0.0.0/8', 'fd00::/8'] });
const hostName = z
  .string()
  .max(253, 'at most 253 letters')
  .regex(/^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'a host name such as shop.example.org');
const path = z.string().min(1, 'a path');
const httpPath = z.string().startsWith('/', 'a path that starts with /');
const text = z.string().min(1, 'a text that is not empty');
const values = z.record(z.string(), z.unknown());

/** A node of the cluster, as many times as `count` says. */
export const NodeSpec = z
  .strictObject({
    name: dnsLabel.describe('Name of the node; with a count above 1 a number is added'),
    real: z.boolean().optional().describe('Containers really run, on this machine (Linux, root); one node at most'),
    count: whole(1, 5000).default(1),
    cpu: quantity.default(4).describe('CPU cores'),
    memory: quantity.default('16Gi'),
    pods: whole(1, 1000).default(110).describe('How many pods the node takes'),
    gpus: whole(0, 64).default(0).describe('nvidia.com/gpu'),
    labels: z.record(z.string(), z.string()).default({}),
    taints: z
      .array(z.strictObject({ key: text, value: z.string().optional(), effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) }))
      .default([]),
  })
  .meta({ id: 'Node', description: 'A node of the embedded cluster' });
export type NodeSpec = z.infer<typeof NodeSpec>;

const Provided = z.union(
  [
    text,
    z
      .strictObject({
        name: text,
        namespace: dnsLabel.optional().describe('Where its pods run; for an unknown name the name itself'),
        pods: z.record(z.string(), z.string()).optional().describe('Labels of its pods; for an unknown name all pods of the namespace'),
        classes: z.array(text).optional().describe('Ingress classes that it serves: its pods then let in the traffic of expose'),
      })
      .meta({ examples: [{ name: 'ingress-nginx', namespace: 'edge', pods: { 'app.kubernetes.io/name': 'ingress-nginx' } }] }),
  ],
  'a text, or a controller such as { name: ingress-nginx, namespace: edge, pods: { app: nginx } }',
);

/** Where the platform runs. */
export const ClusterSpec = z.strictObject({
  provider: z
    .enum(['embedded', 'k3d', 'existing'])
    .describe('embedded (the default): a real control plane that Mostik runs; k3d: one that the k3d command makes in Docker; existing: the cluster of your kubeconfig'),
  name: dnsLabel.optional().describe('Name of the embedded or k3d cluster; the platform\'s by default'),
  registry: RegistrySpec.describe('An image registry in the cluster\'s keeping, beside a real node or in k3d: pods pull from it by NAME:PORT, no TLS'),
  k3d: K3dSpec.describe('With provider k3d: the cluster that the k3d command makes'),
  nodes: z
    .union([z.literal('real'), z.array(NodeSpec).min(1, 'at least one node')], 'real, or a list of nodes')
    .describe('Nodes of the embedded cluster: simulated ones, three of 4 CPU and 16Gi by default; real: this machine, where containers really run'),
  provides: z.array(Provided).describe('What is there already: APIs (group/version or group/version/Kind, with :Cluster or :Namespaced behind the Kind where Mostik cannot know its scope), objects (Secret/NAMESPACE/NAME), classes, controllers; a controller that runs elsewhere than its makers say, or an unknown one, as a map'),
  contexts: z.array(text).describe('With provider existing: the kubeconfig contexts this platform may be applied to'),
});
export type ClusterSpec = z.infer<typeof ClusterSpec>;

/** How a secret value comes to be. */
export const SecretSpec = z
  .strictObject({
    generate: z
      .strictObject({ length: whole(8, 256).default(24), alphabet: z.enum(['alphanumeric', 'hex', 'printable']).default('alphanumeric') })
      .optional()
      .describe('Generated once and kept: in .env and in the cluster'),
    env: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]*$/, 'a name of capitals, digits and underscores')
      .optional()
      .describe('Name in .env; by default the secret\'s name in capitals'),
    sealed: z
      .union([path, z.strictObject({ file: path, key: text.optional() })], 'a file, or a map such as { file: FILE, key: KEY }')
      .optional()
      .describe('The SealedSecret in Git that keeps the value; secrets.sealed.yaml beside the platform file by default, under the secret\'s name'),
  })
  .meta({ id: 'Secret', description: 'How a secret value comes to be: generated, or read from .env, or kept in Git sealed', examples: [{ generate: { length: 24 } }] });
export type SecretSpec = z.infer<typeof SecretSpec>;

const optional = z.boolean().optional().describe('Without effect while that component is switched off');

/** A path of traffic and an order: this component talks to that one, and starts after it. */
export const Uses = z.union(
  [
    dnsLabel,
    z.strictObject({ component: dnsLabel, ports: z.array(z.union([port, text], 'a port or its name')).optional(), optional }),
    z.strictObject({ dns: z.literal(true) }),
    z.strictObject({ 'kubernetes-api': z.literal(true) }),
    z.strictObject({ ingress: z.literal(true) }),
    z.strictObject({ webhook: z.literal(true) }),
    z.strictObject({ cidr, ports: z.array(port).optional() }),
  ],
  'the name of a component, or a map such as { component: NAME, ports: [8000] } or { cidr: 10.0.0.0/8 }',
);
export type Uses = z.infer<typeof Uses>;

/** An order alone: that component is healthy before this one starts. */
export const Needs = z.union([dnsLabel, z.strictObject({ component: dnsLabel, optional })], 'the name of a component, or { component: NAME, optional: true }');
export type Needs = z.infer<typeof Needs>;

const anyImage = 'an image such as nginx:1.27';

/** A small native workload: a Deployment, its Service, and an Ingress when the component is exposed. */
export const WorkloadSource = z
  .strictObject({
  image: z.string(anyImage).regex(/^\S+$/, anyImage),
  port: port.optional().describe('Container port; a Service on port 80 stands before it'),
  replicas: whole(0).default(1),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.strictObject({ secret: text })], 'a text, a number, true, false, or { secret: NAME }'))
    .default({})
    .describe('Plain values, or { secret: NAME } of spec.secrets'),
  resources: z
    .strictObject({ requests: z.record(z.string(), quantity).optional(), limits: z.record(z.string(), quantity).optional() })
    .optional(),
  healthPath: httpPath.optional().describe('HTTP path of the readiness probe'),
  annotations: z.record(z.string(), z.string()).optional().describe('Annotations of the pods'),
}).meta({ id: 'Workload' });
export type WorkloadSource = z.infer<typeof WorkloadSource>;

/** How an image of a component is built. */
export const ImageBuild = z
  .strictObject({
    image: z.string(anyImage).regex(/^[a-z0-9][^\s@]*$/, anyImage).describe('Name of the image as its pods ask for it; with the tag latest when it has none'),
    context: path.default('.').describe('Folder whose files the build may copy'),
    file: path.default('Dockerfile').describe('Dockerfile, below the context'),
    target: text.optional().describe('Stage of the Dockerfile; the last one by default'),
    args: z.record(z.string(), z.string()).default({}).describe('Build arguments: never passwords, they stay in the image'),
  })
  .meta({ id: 'ImageBuild', description: 'How an image of the component is built', examples: [{ image: 'shop:latest', context: 'docker', file: 'shop/Dockerfile' }] });
export type ImageBuild = z.infer<typeof ImageBuild>;

/** A part of a platform with one source: chart, use, manifests or workload. */
export const Component = z
  .strictObject({
    chart: path.describe('A Helm chart: folder or .tgz below the platform\'s root, or the name of a library chart that comes with Mostik, such as python-fastapi-service'),
    use: text.describe('A component of Mostik\'s catalog'),
    manifests: z.array(path).min(1, 'at least one file or folder').describe('Files of Kubernetes objects, folders of them, or a kustomization folder'),
    workload: WorkloadSource.describe('A small native workload: a Deployment, and a Service when it has a port'),
    modelServer: ModelServerSource.describe('Answers for models by the V2 inference protocol: pods of MLServer, or ModelMesh Serving'),
    model: ModelSource.describe('A model, which a component with modelServer answers for'),
    namespace: dnsLabel.describe('Namespace of objects that name none; the platform\'s by default'),
    release: dnsLabel.max(53, 'at most 53 letters').describe('Helm release name; the component\'s name by default'),
    files: z.array(path).describe('Values files, merged in order; those of a profile are added'),
    values: values.describe('Values, merged after the files'),
    secretValues: z.record(z.string(), text).describe('Values path to the name of a secret'),
    uses: z.array(Uses).describe('Components and places this one talks to; it starts after the components'),
    needs: z.array(Needs).describe('Components that must be healthy before this one starts'),
    expose: z
      .strictObject({ host: hostName, path: httpPath.default('/'), port: port.optional(), class: text.optional(), tlsSecret: text.optional() })
      .describe('Traffic from outside of the cluster'),
    data: z.boolean().describe('Holds data: replacements and deletions are dangers'),
    enabled: z.boolean().describe('false leaves the component out'),
    external: z
      .array(z.string().regex(/^(Namespace|CustomResourceDefinition)\/\S+$/, 'Namespace/NAME or CustomResourceDefinition/NAME'))
      .describe('Kind/name of namespaces and CRDs that somebody else keeps: never written, never deleted'),
    pods: z.array(z.strictObject({ selector: z.record(z.string(), z.string()), ports: z.array(port).default([]) })).describe('Pods that an operator makes'),
    build: z.union([ImageBuild, z.array(ImageBuild).min(1, 'at least one image')], 'an image such as { image: shop, context: docker }, or a list of them').describe('Images of this component that are built from the platform\'s files: by mostik image build, and by up on a real node'),
    tests: z.record(dnsLabel, ComponentTest).describe('Questions whose answers prove that this component works, by name; mostik test asks them'),
    timeout: duration.describe('How long to wait for this component to be healthy'),
  })
  .partial()
  .meta({ id: 'Component', description: 'A part of the platform with one source: chart, manifests, workload or use' });
export type Component = z.infer<typeof Component>;

const neverOrAllowed = z.enum(['never', 'allowed']).optional();

/** What one apply may do without being told so by name. What is not said is not limited. */
export const Budget = z
  .strictObject({
    deleteClaims: neverOrAllowed.describe('Whether --delete-claim may delete claims'),
    deleteNamespaces: neverOrAllowed.describe('Whether namespaces may be deleted'),
    deletions: whole(0).optional().describe('How many objects one apply may delete'),
    replaceData: neverOrAllowed.describe('Whether objects of components with data: true may be deleted and made anew'),
    dropCrdVersions: neverOrAllowed.describe('Whether a custom resource definition may lose a version, or go'),
    restarts: whole(0).optional().describe('How many components may be restarted by one apply'),
  })
  .meta({ id: 'Budget', description: 'What one apply may do' });
export type Budget = z.infer<typeof Budget>;

const anyObject = 'an object: Kind/namespace/name, or Kind/name where it has no namespace';
const anyDate = 'a date such as 2027-01-31';

/** One object that a rule lets through until a date. */
export const PolicyException = z
  .strictObject({
    rule: text.describe('Id of the rule, such as tr-k8s-6'),
    object: z.string(anyObject).regex(/^[A-Z][A-Za-z0-9]*(\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?){1,2}$/, anyObject),
    reason: z.string('a reason in words').min(10, 'a reason in words'),
    until: z.string(anyDate).regex(/^\d{4}-\d{2}-\d{2}$/, anyDate).refine((date) => !Number.isNaN(Date.parse(`${date}T00:00:00Z`)), anyDate).describe('The last day, in UTC'),
  })
  .meta({ id: 'PolicyException', description: 'One object that a rule lets through until a date' });
export type PolicyException = z.infer<typeof PolicyException>;

const Policies = z
  .strictObject({
    enforce: z.array(text).default([]).describe('Rules or groups of rules (tr-k8s, pod-security-baseline ...), or policy files of the platform: a finding is an error, the cluster refuses'),
    warn: z.array(text).default([]).describe('Rules, groups or files: a finding is a warning, the cluster warns'),
    exceptions: z.array(PolicyException).default([]),
  })
  .meta({ description: 'Rules that every object of the platform must keep, before Git and in the cluster' });

const Network = z
  .strictObject({
    policies: z.enum(['generated', 'none']).default('none').describe('generated: NetworkPolicies from uses and expose, everything else denied in the namespaces of the platform'),
    monitoring: dnsLabel.optional().describe('Namespace whose pods may read metrics ports (ports named metrics or http-metrics)'),
  })
  .meta({ description: 'Who may talk to whom' });

const anyId = 'the id that the finding names';

const Checks = z
  .strictObject({
    severity: z.record(z.string(), z.enum(['error', 'warning', 'info', 'ignore'])).default({}).describe('Severity of a finding by its code; ignore leaves it out'),
    allowSecrets: z
      .array(z.strictObject({ id: z.string(anyId).regex(/^[0-9a-f]{12}$/, anyId), reason: z.string('a reason in words').min(10, 'a reason in words') }))
      .optional()
      .describe('Secrets in the history of Git that are known, and changed since'),
  })
  .meta({ description: 'How findings of mostik check are weighed' });

const shared = {
  namespace: dnsLabel.describe('Namespace of components that name none'),
  cluster: ClusterSpec.partial().describe('Where the platform runs'),
  secrets: z.record(dnsLabel, SecretSpec).describe('Secret values by name'),
  components: z.record(dnsLabel, Component).describe('The parts of the platform, by name'),
  budget: Budget,
  policies: Policies,
  network: Network,
  checks: Checks,
  timeout: duration.describe('How long to wait for each component, unless it says otherwise'),
};

/**
 * What a profile, or a file of `-f`, may change: maps merge, lists replace, null takes a key away,
 * a component's `files` are added, and its `values` keep null for Helm, which takes the chart's default away.
 */
export const Profile = patchOf(z.strictObject(shared).partial()).meta({ id: 'Profile', description: 'What changes when this profile is chosen' });
export type Profile = z.infer<typeof Profile>;

const anyVersion = 'a Kubernetes minor version such as "1.36"';

/** The spec of a platform after profiles, files of `-f` and `--set` are merged into it. */
export const PlatformSpec = z.strictObject(
  {
  kubernetes: z
    .string(anyVersion)
    .regex(/^1\.\d+$/, anyVersion)
    .default('1.36')
    .describe('Kubernetes minor version, in quotes'),
  ...shared,
  namespace: shared.namespace.default('default'),
  cluster: shared.cluster.default({}),
  secrets: shared.secrets.default({}),
  budget: Budget.default({}),
  policies: Policies.default({ enforce: [], warn: [], exceptions: [] }),
  network: Network.default({ policies: 'none' }),
  checks: Checks.default({ severity: {} }),
  timeout: shared.timeout.default('5m'),
  state: z
    .strictObject({
      namespace: dnsLabel.default('mostik-system').describe('Namespace of the Secrets that hold generations'),
      keep: whole(1, 200).default(20).describe('How many generations are kept'),
    })
    .default({ namespace: 'mostik-system', keep: 20 })
    .describe('Where generations are kept'),
  },
  'a map that holds components',
);
export type PlatformSpec = z.infer<typeof PlatformSpec>;

/** A platform file. */
export const Platform = z
  .strictObject({
    apiVersion: z.literal('mostik.dev/v1'),
    kind: z.literal('Platform'),
    metadata: z.strictObject({ name: dnsLabel.describe('Name of the platform: with the cluster, its identity') }, 'a map such as { name: shop }'),
    spec: PlatformSpec.extend({
      defaultProfile: z.string().optional().describe('The profile that is chosen when none is named'),
      profiles: z.record(dnsLabel, Profile).default({}).describe('Named variants'),
    }),
  })
  .meta({ description: 'A platform of Mostik' });
export type Platform = z.infer<typeof Platform>;

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const family = isIP(address);
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}
