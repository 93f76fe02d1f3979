import type { Dict } from '../lib/read-unknown.js';
import type { Hook, KubeObject, ModelServerSource } from '../model/index.js';
import { labelsOf } from './model-labels.js';
import type { CarriedModel, DeclaredServer } from './models.js';

/** An object, and when it is applied if it is a hook. */
export interface MeshObject {
  object: KubeObject;
  hook?: Hook;
}

type Store = NonNullable<ModelServerSource['store']>;

/** Before the InferenceService, in this order. */
const before = (weight: number): Hook => ({ events: ['pre-install', 'pre-upgrade', 'pre-rollback'], weight, deletePolicies: ['before-hook-creation'] });

/**
 * The objects of a model that ModelMesh serves: its file, the Job that brings it into the bucket, and the InferenceService.
 * The path in the bucket follows from the content, so that a new version stands beside the old one, which answers until
 * the new one is loaded.
 */
export function meshObjects(carried: CarriedModel, declared: DeclaredServer, carrier: KubeObject): MeshObject[] {
  const { store } = declared.server;
  if (!store) throw new Error(`component ${declared.component.name} has no store`);
  const path = `${carried.model.name}/${carried.model.version}/${carried.digest}/${carried.file}`;
  return [
    { object: carrier, hook: before(-1) },
    { object: uploadJob(carried, { declared, store, path }), hook: before(0) },
    { object: inferenceService(carried, { declared, store, path }) },
  ];
}

interface Upload {
  declared: DeclaredServer;
  store: Store;
  path: string;
}

/** The keys go over stdin, since arguments of a process can be read by others. */
const script = [
  'printf \'user = "%s:%s"\\n\' "$ACCESS_KEY" "$SECRET_KEY" |',
  '  curl --fail-with-body --silent --show-error --retry 10 --retry-connrefused --max-time 120 --config - \\',
  '    --aws-sigv4 "aws:amz:$REGION:s3" --upload-file "/model/$FILE" "$ENDPOINT/$BUCKET/$KEY"',
].join('\n');

function uploadJob({ model, carrier, file }: CarriedModel, { declared, store, path }: Upload): KubeObject {
  const labels = { 'app.kubernetes.io/name': `model-${model.name}-upload`, 'app.kubernetes.io/component': 'hook' };
  const plain: Record<string, string> = { ENDPOINT: store.endpoint, REGION: store.region, BUCKET: store.bucket, KEY: path, FILE: file };
  const secret: Record<string, string> = { ACCESS_KEY: 'user', SECRET_KEY: 'password' };
  const env: Dict[] = [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.entries(secret).map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: store.secret, key } } })),
  ];
  const container: Dict = {
    name: 'upload',
    image: store.curl,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', script],
    env,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'model', mountPath: '/model', readOnly: true }],
  };
  const pod: Dict = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 100, runAsGroup: 101, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    volumes: [{ name: 'model', configMap: { name: carrier } }],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `model-${model.name}-upload`, namespace: declared.component.namespace, labels },
    spec: { backoffLimit: 2, activeDeadlineSeconds: 300, template: { metadata: { labels }, spec: pod } },
  };
}

function inferenceService({ model }: CarriedModel, { declared, store, path }: Upload): KubeObject {
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name: model.name,
      namespace: declared.component.namespace,
      labels: labelsOf(model),
      annotations: { 'serving.kserve.io/deploymentMode': 'ModelMesh' },
    },
    spec: { predictor: { model: { modelFormat: { name: model.runtime }, storage: { key: store.key, path, parameters: { bucket: store.bucket } } } } },
  };
}
