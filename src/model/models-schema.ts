import { z } from 'zod';

/** What a platform file says of machine-learning models: the server that answers for them, and each model. */

const name = 'a name of lower-case letters, digits and dashes';
const dnsLabel = z.string(name).max(50, 'at most 50 letters').regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, name);
const anyVersion = 'a version in quotes such as "1" or "2.1"';
const text = z.string().min(1, 'a text that is not empty');
const whole = (least: number, most: number) => {
  const expected = `a whole number from ${least} to ${most}`;
  return z.int(expected).min(least, expected).max(most, expected);
};
const anyQuantity = 'a quantity such as 500m, 2 or 1Gi';
const quantity = z.union([z.number().nonnegative('0 or more'), z.string().regex(/^\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi)?$/, anyQuantity)], anyQuantity);
const anyUrl = 'a URL such as http://minio:9000';

/** What reads a model's file: its class in MLServer, its format in ModelMesh, and how such files end. */
export const modelRuntimes = {
  sklearn: { implementation: 'mlserver_sklearn.SKLearnModel', endings: ['.joblib', '.pkl', '.pickle'] },
  xgboost: { implementation: 'mlserver_xgboost.XGBoostModel', endings: ['.json', '.ubj', '.bst'] },
  lightgbm: { implementation: 'mlserver_lightgbm.LightGBMModel', endings: ['.bst', '.txt'] },
} as const;
export type ModelRuntime = keyof typeof modelRuntimes;

/** A model: a file of the platform that a model server answers for. */
export const ModelSource = z
  .strictObject({
    file: z.string().min(1, 'a path').describe('File of the model, below the platform\'s root'),
    runtime: z.enum(Object.keys(modelRuntimes) as ModelRuntime[]).describe('What reads the file'),
    version: z.string(anyVersion).max(30, 'at most 30 letters').regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, anyVersion).describe('Version of the model; a new one rolls out without a gap'),
    name: dnsLabel.optional().describe('Name in the URL /v2/models/NAME; the component\'s by default'),
    server: dnsLabel.optional().describe('The component with modelServer that answers for it; the only one by default'),
    traffic: whole(0, 100).optional().describe('Percent of the requests for this name that name no version, when several components are versions of one model; the one without it gets the rest'),
  })
  .meta({ id: 'Model', description: 'A model: a file that a model server answers for', examples: [{ file: 'models/iris.joblib', runtime: 'sklearn', version: '1' }] });
export type ModelSource = z.infer<typeof ModelSource>;

/** Where files of models are brought for ModelMesh, which reads them from S3. */
const ModelStore = z.strictObject({
  endpoint: z.string(anyUrl).regex(/^https?:\/\/[a-z0-9.-]+(:\d+)?$/, anyUrl).describe('URL of the S3 server, as pods reach it'),
  bucket: text.describe('Bucket that is there already'),
  region: text.default('us-east-1'),
  secret: text.describe('Secret in the server\'s namespace with the keys user and password'),
  key: text.default('models').describe('Entry of the Secret storage-config that ModelMesh signs in with'),
  curl: text.default('curlimages/curl:8.14.1').describe('Image of the Job that brings a file there: curl and a shell'),
});

/** A server of the V2 inference protocol for the models of the platform. */
export const ModelServerSource = z
  .strictObject({
    kind: z.enum(['mlserver', 'modelmesh']).default('mlserver').describe('mlserver: pods of MLServer with the models in them; modelmesh: ModelMesh Serving, whose controller makes the pods and the Service'),
    image: text.default('seldonio/mlserver:1.7.1').describe('Image of MLServer'),
    port: whole(1, 65535).default(8008).describe('Port of the Service that answers'),
    replicas: whole(0, 100).default(1),
    resources: z
      .strictObject({ requests: z.record(z.string(), quantity).optional(), limits: z.record(z.string(), quantity).optional() })
      .optional(),
    store: ModelStore.optional().describe('With kind modelmesh: the S3 bucket that it reads models from'),
  })
  .meta({ id: 'ModelServer', description: 'A server of the V2 inference protocol for the models of the platform', examples: [{ kind: 'mlserver' }] });
export type ModelServerSource = z.infer<typeof ModelServerSource>;

/** A model with what it leaves out filled in; its file is absolute. */
export interface ResolvedModel {
  name: string;
  version: string;
  runtime: ModelRuntime;
  file: string;
  /** The component that serves it. */
  server: string;
  /** Percent of the requests that name no version; missing when it is the only version. */
  traffic?: number;
}

/** Labels of the object that stands for a model in the cluster: a ConfigMap, or an InferenceService of ModelMesh. */
export const modelLabels = {
  name: 'mostik.dev/model',
  version: 'mostik.dev/model-version',
  runtime: 'mostik.dev/model-runtime',
  server: 'mostik.dev/model-server',
  /** Percent of the requests, on one of several versions. */
  traffic: 'mostik.dev/model-traffic',
} as const;
