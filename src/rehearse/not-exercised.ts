import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, groupOf, type KubeObject, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { isBuiltIn } from '../render/kinds.js';
import { convertsByWebhook } from './crds.js';
import { producedSecret } from './produced.js';
import type { NotExercised } from './schema.js';
import { isApiService } from './staged-kube.js';

/** Lists what of the declared objects a rehearsal cannot know, each with the reason. */
export function notExercised(objects: readonly RenderedObject[], platform: Pick<ResolvedPlatform, 'cluster'>): NotExercised[] {
  const plain = objects.map(({ object }) => object);
  return [
    ...plain.flatMap(webhooks),
    ...plain.filter((object) => isApiService(object) && valueAt(object, 'spec', 'service') !== undefined).map((object) => ({ what: nameOf(object), why: 'left out: the program behind it does not run' })),
    ...plain.filter(convertsByWebhook).map((object) => ({ what: nameOf(object), why: 'its conversion webhook does not run: objects are stored as they are written' })),
    ...operators(objects),
    ...customResources(plain),
    ...objects.filter(({ hook, ref }) => (ref.kind === 'Job' || ref.kind === 'Pod') && hook?.events.some((event) => event !== 'test')).map(({ object, hook }) => ({ what: nameOf(object), why: `${hook?.events.join(', ') ?? ''} hook: assumed to succeed` })),
    ...plain.flatMap(loadBalancers),
    ...provided(platform),
    ...policies(plain),
    { what: 'containers', why: 'they do not run: whether images can be pulled, programs start and probes answer is not known; nor are times' },
    { what: 'secret values', why: 'stand-ins of the same form: whether a password is right is not known' },
  ];
}

/** Findings about the same thing are told once. */
export function distinct(items: readonly NotExercised[]): NotExercised[] {
  return [...new Map(items.map((item) => [`${item.what}\n${item.why}`, item])).values()];
}

function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  return formatRef({ apiVersion, kind, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }), name: metadata.name });
}

function webhooks(object: KubeObject): NotExercised[] {
  if (object.kind !== 'ValidatingWebhookConfiguration' && object.kind !== 'MutatingWebhookConfiguration') return [];
  const names = asList(object['webhooks']).flatMap((webhook) => asString(asDict(webhook)['name']) ?? []);
  return [{ what: nameOf(object), why: `stored and not called: what answers for ${names.join(', ') || 'it'} does not run` }];
}

/** Workloads whose account may touch custom resources, or that stand beside the CRDs: what they would do is not done. */
function operators(objects: readonly RenderedObject[]): NotExercised[] {
  const withCrds = new Set(objects.filter(({ ref }) => ref.kind === 'CustomResourceDefinition').map(({ component }) => component));
  const accounts = operatorAccounts(objects.map(({ object }) => object));
  return objects
    .filter(({ ref, component, object }) => {
      if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(ref.kind)) return false;
      const account = asString(valueAt(object, 'spec', 'template', 'spec', 'serviceAccountName')) ?? 'default';
      return withCrds.has(component) || accounts.has(`${ref.namespace ?? ''}/${account}`);
    })
    .map(({ object }) => ({ what: nameOf(object), why: 'an operator: it does not run, so what it would make or change is not there' }));
}

function operatorAccounts(objects: readonly KubeObject[]): Set<string> {
  const roles = new Set(objects.filter((object) => /^(?:Cluster)?Role$/.test(object.kind) && touchesCustomResources(object)).map((object) => `${object.kind}/${object.metadata.name}`));
  const bindings = objects.filter((object) => /^(?:Cluster)?RoleBinding$/.test(object.kind) && roles.has(`${asString(valueAt(object, 'roleRef', 'kind')) ?? ''}/${asString(valueAt(object, 'roleRef', 'name')) ?? ''}`));
  return new Set(bindings.flatMap((binding) => asList(binding['subjects']).map((subject) => `${asString(asDict(subject)['namespace']) ?? binding.metadata.namespace ?? ''}/${asString(asDict(subject)['name']) ?? ''}`)));
}

function touchesCustomResources(role: KubeObject): boolean {
  const groups = asList(role['rules']).flatMap((rule) => asList(asDict(rule)['apiGroups'])).map(String);
  return groups.some((group) => group === '*' || (group.includes('.') && !group.endsWith('.k8s.io')));
}

function customResources(objects: readonly KubeObject[]): NotExercised[] {
  const custom = objects.filter((object) => !isBuiltIn(object) && object.kind !== 'CustomResourceDefinition');
  return custom.map((object) => {
    const secret = producedSecret(object);
    const made = secret === undefined ? '' : `; ${nameOf(secret)} with blank values stands in for what its controller makes`;
    return { what: nameOf(object), why: `admitted, readiness unknown: no controller of ${groupOf(object.apiVersion)} runs${made}` };
  });
}

function loadBalancers(object: KubeObject): NotExercised[] {
  const isOutside = object.kind === 'Service' && valueAt(object, 'spec', 'type') === 'LoadBalancer';
  return isOutside ? [{ what: nameOf(object), why: 'its address is a simulated one' }] : [];
}

/** Words of `cluster.provides` that name neither an API nor an object are controllers. */
function provided({ cluster }: Pick<ResolvedPlatform, 'cluster'>): NotExercised[] {
  return cluster.provides.filter((entry) => !entry.includes('/')).map((entry) => ({ what: entry, why: 'the cluster is said to have it; it does not run here' }));
}

function policies(objects: readonly KubeObject[]): NotExercised[] {
  const named = (kind: string, what: string, why: string): NotExercised[] => (objects.some((object) => object.kind === kind) ? [{ what, why }] : []);
  const scaled = objects.some((object) => object.kind === 'HorizontalPodAutoscaler' || object.kind === 'ScaledObject');
  return [
    ...named('NetworkPolicy', 'network policies', 'admitted and not enforced: nothing is sent between simulated pods; mostik check network proves them'),
    ...named('Ingress', 'ingress traffic', 'no ingress controller runs'),
    ...(scaled ? [{ what: 'autoscaling', why: 'simulated pods use what annotations say, not what load would make of them' }] : []),
  ];
}
