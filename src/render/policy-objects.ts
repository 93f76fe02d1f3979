import { isDict } from '../lib/read-unknown.js';
import { podKinds, type KubeObject, type Policy, type PodKind, type PolicyException } from '../model/index.js';

/** Where a rule is enforced, and which object holds its exceptions. */
export interface PolicyTarget {
  platform: string;
  namespaces: readonly string[];
  action: 'enforce' | 'warn';
  /** Namespace of the parameters. */
  parameters: string;
}

/** The resource of each kind that makes pods. */
const resourceOf: Readonly<Record<PodKind, { group: string; resource: string }>> = {
  Pod: { group: '', resource: 'pods' },
  ReplicationController: { group: '', resource: 'replicationcontrollers' },
  Deployment: { group: 'apps', resource: 'deployments' },
  StatefulSet: { group: 'apps', resource: 'statefulsets' },
  DaemonSet: { group: 'apps', resource: 'daemonsets' },
  ReplicaSet: { group: 'apps', resource: 'replicasets' },
  Job: { group: 'batch', resource: 'jobs' },
  CronJob: { group: 'batch', resource: 'cronjobs' },
};

/** Name of the rule in the cluster: policies belong to no namespace, so platforms that share a cluster must not share names. */
export function policyName(platform: string, rule: string): string {
  return `${platform}.${rule}`;
}

/** Name of the ConfigMap that holds a platform's exceptions. */
export function parametersName(platform: string): string {
  return `${platform}.policies`;
}

/** The ConfigMap of exceptions: a key for each rule that has some, one object a line. */
export function parametersObject({ platform, parameters }: Pick<PolicyTarget, 'platform' | 'parameters'>, exceptions: readonly PolicyException[]): KubeObject {
  const data: Record<string, string> = {};
  for (const rule of [...new Set(exceptions.map((each) => each.rule))].sort()) {
    data[rule] = [...new Set(exceptions.filter((each) => each.rule === rule).map(({ object }) => object))].sort().join('\n');
  }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: parametersName(platform), namespace: parameters }, data };
}

/** What the cluster enforces for one rule: a ValidatingAdmissionPolicy and the binding that limits it to the platform. */
export function policyObjects(policy: Policy, target: PolicyTarget): [policy: KubeObject, binding: KubeObject] {
  const name = policyName(target.platform, policy.metadata.name);
  const annotations = { 'mostik.dev/rule': policy.metadata.name, 'mostik.dev/title': policy.spec.title };
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, annotations },
      spec: {
        // A rule that cannot be evaluated lets nothing through.
        failurePolicy: 'Fail',
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: { matchPolicy: 'Equivalent', resourceRules: resourceRules(policy) },
        variables: [...exceptionVariables(policy.metadata.name), ...subjectVariables(policy), ...policy.spec.variables],
        validations: policy.spec.validations.map(({ expression, message, messageExpression }) => ({
          // The rule first: for most objects nothing else need be known.
          expression: `(${expression}) || variables.unchanged || variables.excepted`,
          ...(message === undefined ? {} : { message }),
          ...(messageExpression === undefined ? {} : { messageExpression }),
        })),
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, annotations },
      spec: {
        policyName: name,
        // Without its parameters nobody could tell what is excepted: whoever removes them opens nothing.
        paramRef: { name: parametersName(target.platform), namespace: target.parameters, parameterNotFoundAction: 'Deny' },
        validationActions: [target.action === 'enforce' ? 'Deny' : 'Warn'],
        matchResources: { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...target.namespaces] }] } },
      },
    },
  ];
}

/** Scope Namespaced: the namespace selector of a binding does not hold back objects of the cluster, which belong to everybody. */
function resourceRules({ spec }: Policy): object[] {
  const operations = ['CREATE', 'UPDATE'];
  if (isDict(spec.appliesTo) && 'resources' in spec.appliesTo) return spec.appliesTo.resources.map((each) => ({ ...each, operations, scope: 'Namespaced' }));
  const kinds = kindsOf(spec);
  return ['', 'apps', 'batch'].flatMap((group) => {
    const resources = podKinds.filter((kind) => kinds.includes(kind) && resourceOf[kind].group === group).map((kind) => resourceOf[kind].resource);
    // Containers for debugging come to a running pod through a door of their own.
    if (resources.includes('pods') && readsEphemeral(spec)) resources.push('pods/ephemeralcontainers');
    return resources.length === 0 ? [] : [{ apiGroups: [group], apiVersions: ['v1'], operations, resources, scope: 'Namespaced' }];
  });
}

function kindsOf({ appliesTo }: Policy['spec']): readonly PodKind[] {
  return isDict(appliesTo) && 'podsOf' in appliesTo ? appliesTo.podsOf : podKinds;
}

function readsEphemeral({ variables, validations }: Policy['spec']): boolean {
  return [...variables, ...validations].some(({ expression }) => /\bvariables\.(allContainers|ephemeralContainers)\b/.test(expression));
}

interface Variable {
  name: string;
  expression: string;
}

/**
 * Whether the object, or what made it, is excepted. A controller names its workload as the owner of the pods it makes: a
 * ReplicaSet is named NAME-HASH after its Deployment, a CronJob's Job NAME-NUMBER. People cannot claim an owner, only what
 * runs as a service account or as the cluster itself can.
 */
function exceptionVariables(rule: string): Variable[] {
  return [
    { name: 'inNamespace', expression: 'request.?namespace.orValue("") == "" ? "" : request.namespace + "/"' },
    { name: 'exceptions', expression: `params.?data[?${JSON.stringify(rule)}].orValue("").split("\\n")` },
    {
      name: 'byController',
      expression: 'request.userInfo.username.startsWith("system:serviceaccount:") || request.userInfo.username == "system:kube-controller-manager" || "system:masters" in request.userInfo.?groups.orValue([])',
    },
    { name: 'owners', expression: 'variables.byController ? dyn(object).metadata.?ownerReferences.orValue([]).filter(o, o.?controller.orValue(false)) : []' },
    { name: 'hash', expression: '"-" + dyn(object).metadata.?labels[?"pod-template-hash"].orValue("-")' },
    {
      name: 'names',
      expression: [
        '[dyn(object).kind + "/" + variables.inNamespace + dyn(object).metadata.name]',
        'variables.owners.map(o, o.kind + "/" + variables.inNamespace + o.name)',
        'variables.owners.filter(o, o.kind == "ReplicaSet" && o.name.endsWith(variables.hash)).map(o, "Deployment/" + variables.inNamespace + o.name.substring(0, size(o.name) - size(variables.hash)))',
        'variables.owners.filter(o, o.kind == "Job" && o.name.matches("-[0-9]+$")).map(o, "CronJob/" + variables.inNamespace + o.name.substring(0, o.name.lastIndexOf("-")))',
      ].join(' + '),
    },
    { name: 'excepted', expression: 'variables.names.exists(n, n in variables.exceptions)' },
  ];
}

/**
 * What the validations look at, and whether an update leaves it as it was: an object that was there before the rule must
 * stay deletable, and its controller must be able to write annotations and finalizers.
 */
function subjectVariables({ spec }: Policy): Variable[] {
  if (isDict(spec.appliesTo) && 'resources' in spec.appliesTo) {
    return [
      {
        name: 'unchanged',
        expression:
          'has(dyn(object).metadata.deletionTimestamp) || oldObject != null && has(dyn(object).spec) && dyn(object).spec == dyn(oldObject).?spec.orValue(null) && ["labels", "annotations"].all(f, dyn(object).metadata[?f] == dyn(oldObject).metadata[?f])',
      },
    ];
  }
  const template = (object: string): string => `(dyn(${object}).kind == "Pod" ? dyn(${object}) : dyn(${object}).kind == "CronJob" ? dyn(${object}).spec.jobTemplate.spec.template : dyn(${object}).spec.template)`;
  return [
    { name: 'podTemplate', expression: template('object') },
    { name: 'podSpec', expression: 'variables.podTemplate.spec' },
    // Annotations of a Pod change without anything in it changing; those of a template make new pods.
    { name: 'unchanged', expression: `oldObject != null && (dyn(object).kind == "Pod" ? dyn(object).spec == dyn(oldObject).spec : variables.podTemplate == ${template('oldObject')})` },
    { name: 'containers', expression: 'variables.podSpec.?containers.orValue([])' },
    { name: 'initContainers', expression: 'variables.podSpec.?initContainers.orValue([])' },
    { name: 'ephemeralContainers', expression: 'variables.podSpec.?ephemeralContainers.orValue([])' },
    { name: 'allContainers', expression: 'variables.containers + variables.initContainers + variables.ephemeralContainers' },
  ];
}
