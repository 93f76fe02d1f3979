import { asDict, asList, asString, valueAt, type Dict } from '../lib/read-unknown.js';
import type { RenderedObject } from '../model/index.js';
import { kindOf } from './graph.js';
import { clusterWide, keyOf, named, wide, type Reference } from './references.js';

/** What an object itself names that must exist, beside what its pods need. */
export function objectReferences(of: RenderedObject): Reference[] {
  return readers[kindOf(of.ref)]?.(of.object, of) ?? [];
}

type Reader = (object: Dict, of: RenderedObject) => Reference[];

const issuers = (object: Dict): Reference[] => {
  const annotations = asDict(valueAt(object, 'metadata', 'annotations'));
  return [
    ...named('Issuer', annotations['cert-manager.io/issuer'], 'metadata.annotations[cert-manager.io/issuer]').map((each) => ({ ...each, group: 'cert-manager.io' })),
    ...wide('ClusterIssuer', 'cert-manager.io', annotations['cert-manager.io/cluster-issuer'], 'metadata.annotations[cert-manager.io/cluster-issuer]'),
  ];
};

const storageClass = (spec: unknown, path: string): Reference[] => wide('StorageClass', 'storage.k8s.io', asDict(spec)['storageClassName'], `${path}.storageClassName`);

const webhooks: Reader = (object) =>
  asList(object['webhooks']).flatMap((entry, i) => service(asDict(asDict(entry)['clientConfig'])['service'], `webhooks[${asString(asDict(entry)['name']) ?? i}].clientConfig.service`));

const binding: Reader = (object) => {
  const { kind, name } = asDict(object['roleRef']);
  const rbac = 'rbac.authorization.k8s.io';
  const role = kind === 'Role' ? named('Role', name, 'roleRef').map((each) => ({ ...each, group: rbac })) : wide('ClusterRole', rbac, kind === 'ClusterRole' ? name : undefined, 'roleRef');
  const subjects = asList(object['subjects']).flatMap((entry) => {
    const subject = asDict(entry);
    const namespace = asString(subject['namespace']);
    if (subject['kind'] !== 'ServiceAccount') return [];
    return named('ServiceAccount', subject['name'], `subjects[${String(subject['name'])}]`).map((each) => ({ ...each, ...(namespace === undefined ? {} : { namespace }) }));
  });
  return [...role, ...subjects];
};

const authentication: Reader = (object) =>
  asList(valueAt(object, 'spec', 'secretTargetRef')).flatMap((entry, i) => keyOf('Secret', entry, `spec.secretTargetRef[${asString(asDict(entry)['parameter']) ?? i}]`));

const triggers: Reader = (object) =>
  asList(valueAt(object, 'spec', 'triggers')).flatMap((entry, i) => {
    const { kind, name } = asDict(asDict(entry)['authenticationRef']);
    const from = `spec.triggers[${asString(asDict(entry)['name']) ?? i}].authenticationRef`;
    if (kind === 'ClusterTriggerAuthentication') return wide(kind, 'keda.sh', name, from);
    return named('TriggerAuthentication', name, from).map((each) => ({ ...each, group: 'keda.sh' }));
  });

const route: Reader = (object) =>
  asList(valueAt(object, 'spec', 'parentRefs')).flatMap((entry, i) => {
    const { kind, name, namespace } = asDict(entry);
    if (kind !== undefined && kind !== 'Gateway') return [];
    return named('Gateway', name, `spec.parentRefs[${i}]`).map((each) => ({ ...each, group: 'gateway.networking.k8s.io', ...(typeof namespace === 'string' ? { namespace } : {}) }));
  });

const monitor: Reader = (object) =>
  ['endpoints', 'podMetricsEndpoints'].flatMap((field) =>
    asList(valueAt(object, 'spec', field)).flatMap((entry, i) => {
      const { basicAuth, bearerTokenSecret, authorization } = asDict(entry);
      const from = `spec.${field}[${i}]`;
      return [
        ...keyOf('Secret', asDict(basicAuth)['username'], `${from}.basicAuth.username`),
        ...keyOf('Secret', asDict(basicAuth)['password'], `${from}.basicAuth.password`),
        ...keyOf('Secret', bearerTokenSecret, `${from}.bearerTokenSecret`),
        ...keyOf('Secret', asDict(authorization)['credentials'], `${from}.authorization.credentials`),
      ];
    }),
  );

/** By kind, written `group/Kind`. */
const readers: Readonly<Record<string, Reader>> = {
  '/ServiceAccount': (object) => asList(object['imagePullSecrets']).flatMap((entry, i) => named('Secret', asDict(entry)['name'], `imagePullSecrets[${i}]`)),
  '/PersistentVolumeClaim': (object) => storageClass(object['spec'], 'spec'),
  'apps/StatefulSet': (object) =>
    asList(valueAt(object, 'spec', 'volumeClaimTemplates')).flatMap((entry, i) => storageClass(asDict(entry)['spec'], `spec.volumeClaimTemplates[${asString(valueAt(entry, 'metadata', 'name')) ?? i}].spec`)),
  'networking.k8s.io/Ingress': (object) => [
    ...wide('IngressClass', 'networking.k8s.io', valueAt(object, 'spec', 'ingressClassName'), 'spec.ingressClassName'),
    ...asList(valueAt(object, 'spec', 'tls')).flatMap((entry, i) => named('Secret', asDict(entry)['secretName'], `spec.tls[${i}].secretName`)),
    ...issuers(object),
  ],
  'cert-manager.io/Certificate': (object) => {
    const { kind, name, group } = asDict(valueAt(object, 'spec', 'issuerRef'));
    if (group !== undefined && group !== 'cert-manager.io') return [];
    if (kind === 'ClusterIssuer') return wide('ClusterIssuer', 'cert-manager.io', name, 'spec.issuerRef');
    return named('Issuer', name, 'spec.issuerRef').map((each) => ({ ...each, group: 'cert-manager.io' }));
  },
  'rbac.authorization.k8s.io/RoleBinding': binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': binding,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
  'apiregistration.k8s.io/APIService': (object) => service(valueAt(object, 'spec', 'service'), 'spec.service'),
  'apiextensions.k8s.io/CustomResourceDefinition': (object) => service(valueAt(object, 'spec', 'conversion', 'webhook', 'clientConfig', 'service'), 'spec.conversion.webhook.clientConfig.service'),
  'keda.sh/TriggerAuthentication': authentication,
  'keda.sh/ScaledObject': triggers,
  'keda.sh/ScaledJob': triggers,
  'gateway.networking.k8s.io/HTTPRoute': route,
  'gateway.networking.k8s.io/GRPCRoute': route,
  'gateway.networking.k8s.io/TCPRoute': route,
  'gateway.networking.k8s.io/TLSRoute': route,
  'gateway.networking.k8s.io/Gateway': (object) => [...wide('GatewayClass', 'gateway.networking.k8s.io', valueAt(object, 'spec', 'gatewayClassName'), 'spec.gatewayClassName'), ...issuers(object)],
  'monitoring.coreos.com/ServiceMonitor': monitor,
  'monitoring.coreos.com/PodMonitor': monitor,
  'traefik.io/IngressRoute': (object) => named('Secret', valueAt(object, 'spec', 'tls', 'secretName'), 'spec.tls.secretName'),
};

function service(value: unknown, from: string): Reference[] {
  const { namespace, name } = asDict(value);
  return typeof namespace === 'string' && namespace !== clusterWide ? named('Service', name, from).map((each) => ({ ...each, namespace })) : [];
}
