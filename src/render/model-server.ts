import type { Dict } from '../lib/read-unknown.js';
import type { KubeObject, ModelServerSource, ResolvedComponent, ResolvedPlatform } from '../model/index.js';
import { dividedModels, divisionFolder, type DividedModel } from './model-division.js';
import type { CarriedModel } from './models.js';
import { quantities } from './workload.js';

/** Folder below which MLServer looks for models. */
const modelsFolder = '/mnt/models';
/** Ports of the container. */
const httpPort = 8080;
const grpcPort = 8081;

interface Making {
  platform: ResolvedPlatform;
  component: ResolvedComponent;
  server: ModelServerSource;
  models: readonly CarriedModel[];
}

/** What the controller of ModelMesh labels the pods with that answer; their port is that of its REST proxy. */
const meshPods = { 'modelmesh-service': 'modelmesh-serving' };
const meshPort = 8008;

/**
 * The objects of a model server: pods of MLServer with every model mounted, their Service, and the way in from outside. For
 * ModelMesh its controller makes the pods.
 */
export function modelServerObjects(making: Making): KubeObject[] {
  const ingress = ingressOf(making);
  const divided = dividedModels(making.models);
  const pods = making.server.kind === 'mlserver' ? [...divided.map(({ carrier }) => carrier), deploymentOf(making, divided)] : [];
  return [serviceOf(making), ...pods, ...(ingress ? [ingress] : [])];
}

function selectorOf({ platform, component }: Making): Record<string, string> {
  return { 'app.kubernetes.io/name': component.name, 'app.kubernetes.io/instance': platform.name };
}

function metadataOf(making: Making): KubeObject['metadata'] {
  return { name: making.component.name, labels: selectorOf(making) };
}

function serviceOf(making: Making): KubeObject {
  const { kind, port } = making.server;
  const ports = [{ name: 'http', port, protocol: 'TCP', targetPort: kind === 'modelmesh' ? meshPort : 'http' }];
  return { apiVersion: 'v1', kind: 'Service', metadata: metadataOf(making), spec: { type: 'ClusterIP', selector: kind === 'modelmesh' ? meshPods : selectorOf(making), ports } };
}

/** A ConfigMap in the container, and the folder it is mounted at. */
interface Mounted {
  name: string;
  carrier: string;
  folder: string;
}

/** Versions of one model stand beside each other, and what divides the requests beside them. */
function mountedOf(models: readonly CarriedModel[], divided: readonly DividedModel[]): Mounted[] {
  return [
    ...models.map(({ model, carrier, digest }) =>
      model.traffic === undefined ? { name: `model-${model.name}`, carrier, folder: model.name } : { name: `version-${digest}`, carrier, folder: `${model.name}/${model.version}` }),
    ...divided.map(({ name, carrier }) => ({ name: `traffic-${name}`, carrier: carrier.metadata.name, folder: `${name}/${divisionFolder}` })),
  ];
}

/** A model that changes has a carrier of another name: new pods take the place of old ones as they become ready. */
function deploymentOf(making: Making, divided: readonly DividedModel[]): KubeObject {
  const { server, models } = making;
  const mounted = mountedOf(models, divided);
  const volumes: Dict[] = mounted.map(({ name, carrier }) => ({ name, configMap: { name: carrier } }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(making),
    spec: {
      replicas: server.replicas,
      selector: { matchLabels: selectorOf(making) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: selectorOf(making) },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [containerOf(making, mounted)],
          volumes: [...volumes, { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }],
        },
      },
    },
  };
}

function containerOf({ component, server }: Making, mounted: readonly Mounted[]): Dict {
  const env = { MLSERVER_HTTP_PORT: httpPort, MLSERVER_GRPC_PORT: grpcPort, MLSERVER_PARALLEL_WORKERS: 0, HOME: '/tmp' };
  const probe = (path: string): Dict => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 3 });
  return {
    name: component.name,
    image: server.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['mlserver', 'start', modelsFolder],
    // It writes beside where it is started.
    workingDir: '/tmp',
    env: Object.entries(env).map(([name, value]) => ({ name, value: String(value) })),
    ports: [
      { name: 'http', containerPort: httpPort, protocol: 'TCP' },
      { name: 'grpc', containerPort: grpcPort, protocol: 'TCP' },
    ],
    startupProbe: { ...probe('/v2/health/live'), periodSeconds: 2, failureThreshold: 120 },
    readinessProbe: { ...probe('/v2/health/ready'), periodSeconds: 3 },
    livenessProbe: { ...probe('/v2/health/live'), periodSeconds: 15, failureThreshold: 4 },
    // It ends at once when it is told to: until then whoever sends to it must learn that it goes.
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
    ...(server.resources ? { resources: quantities(server.resources) } : {}),
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [...mounted.map(({ name, folder }) => ({ name, mountPath: `${modelsFolder}/${folder}`, readOnly: true })), { name: 'tmp', mountPath: '/tmp' }],
  };
}

function ingressOf(making: Making): KubeObject | undefined {
  const { component, server } = making;
  const { expose } = component;
  if (!expose) return undefined;
  const backend = { service: { name: component.name, port: { number: server.port } } };
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
