/** A small shop and its variants, each an overlay with one mistake, for the tests of rehearsals. */

const orchestrator = ({ image = 'nginx:1.27', key = 'password', cpu = '100m', memory = '64Mi', replicas = 2 } = {}): string => `apiVersion: v1
kind: Service
metadata: { name: orchestrator }
spec: { selector: { app: orchestrator }, ports: [{ port: 8000 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orchestrator }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: orchestrator } }
  template:
    metadata: { labels: { app: orchestrator } }
    spec:
      containers:
        - name: web
          image: "${image}"
          ports: [{ containerPort: 8000 }]
          env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: ${key} } } }]
          resources: { requests: { cpu: ${cpu}, memory: ${memory} } }
`;

const db = ({ storage = '1Gi', annotations = '{}' } = {}): string => `apiVersion: v1
kind: Secret
metadata: { name: db }
stringData: { password: in-the-files, user: shop }
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { selector: { app: db }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db }, annotations: ${annotations} }
    spec:
      containers:
        - { name: db, image: "postgres:15", ports: [{ containerPort: 5432 }], volumeMounts: [{ name: data, mountPath: /data }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${storage} } } }
`;

const rules = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: pinned }
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }]
  validations: [{ expression: "object.spec.template.spec.containers.all(c, !c.image.endsWith(':latest'))", message: an image is pinned to a version }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: pinned }
spec: { policyName: pinned, validationActions: [Deny], matchResources: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } } }
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: small }
spec: { hard: { requests.cpu: "1" } }
---
apiVersion: v1
kind: LimitRange
metadata: { name: usual }
spec: { limits: [{ type: Container, defaultRequest: { cpu: 50m } }] }
`;

const operator = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec:
  group: example.org
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions: [{ name: v1, served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
  conversion: { strategy: Webhook, webhook: { conversionReviewVersions: [v1], clientConfig: { service: { name: operator, namespace: shop } } } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: guard.example.org
    failurePolicy: Fail
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: { service: { name: operator, namespace: shop } }
    rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.things.example.org }
spec: { group: things.example.org, version: v1, groupPriorityMinimum: 100, versionPriority: 10, insecureSkipTLSVerify: true, service: { name: operator, namespace: shop } }
---
apiVersion: v1
kind: Service
metadata: { name: operator }
spec: { selector: { app: operator }, ports: [{ port: 443 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: operator }
spec:
  selector: { matchLabels: { app: operator } }
  template:
    metadata: { labels: { app: operator } }
    spec: { containers: [{ name: operator, image: "operator:1.0", ports: [{ containerPort: 443 }] }] }
`;

const resources = `apiVersion: example.org/v1
kind: Widget
metadata: { name: one }
spec: { size: 3 }
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: web }
spec: { secretName: web-tls, dnsNames: [shop.example.org], issuerRef: { name: ca } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: consumer }
spec:
  selector: { matchLabels: { app: consumer } }
  template:
    metadata: { labels: { app: consumer } }
    spec:
      containers: [{ name: web, image: "nginx:1.27", volumeMounts: [{ name: tls, mountPath: /tls }] }]
      volumes: [{ name: tls, secret: { secretName: web-tls } }]
`;

/** Five pods of 3 GiB are one more than fit. */
const autoscaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: orchestrator }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: orchestrator }, minReplicas: 5, maxReplicas: 6 }
`;

const overlay = (component: string, file: string): string => `components:\n  ${component}: { manifests: [${file}] }\n`;

const variants: Record<string, [component: string, manifests: string]> = {
  claim: ['db', db({ storage: '2Gi' })],
  crash: ['db', db({ annotations: '{ mostik.dev/simulate-crash: "true" }' })],
  'too-large': ['orchestrator', orchestrator({ memory: '20Gi' })],
  policy: ['orchestrator', orchestrator({ image: 'nginx:latest' })],
  key: ['orchestrator', orchestrator({ key: 'pasword' })],
  quota: ['orchestrator', orchestrator({ cpu: '600m' })],
  image: ['orchestrator', orchestrator({ image: 'nginx:1.28' })],
  again: ['orchestrator', orchestrator({ image: 'nginx:1.29' })],
  replicas: ['orchestrator', orchestrator({ replicas: 3 })],
  scaled: ['orchestrator', `${orchestrator({ memory: '3Gi', image: 'nginx:1.30' }).replace('  replicas: 2\n', '')}---
${autoscaler}`],
};

/** The files of the shop by path. */
export const shop: Record<string, string> = {
  'platform.yaml': `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: shop }
spec:
  namespace: shop
  cluster:
    nodes: [{ name: worker, count: 2, cpu: 4, memory: 8Gi }]
    provides: ["cert-manager.io/v1/Certificate:Namespaced"]
  secrets:
    session: { generate: { length: 24, alphabet: printable } }
  components:
    db: { manifests: [db.yaml], data: true }
    orchestrator: { manifests: [orchestrator.yaml], uses: [db] }
    api-gateway: { workload: { image: "nginx:1.27", port: 80, replicas: 2, env: { SESSION: { secret: session } } }, uses: [orchestrator] }
    rules: { manifests: [rules.yaml] }
`,
  'db.yaml': db(),
  'orchestrator.yaml': orchestrator(),
  'rules.yaml': rules,
  'operator.yaml': operator,
  'resources.yaml': resources,
  'operator.overlay.yaml': 'components:\n  operator: { manifests: [operator.yaml] }\n  resources: { manifests: [resources.yaml], needs: [operator] }\n',
  ...Object.fromEntries(Object.entries(variants).flatMap(([name, [component, manifests]]) => [[`${name}.yaml`, manifests], [`${name}.overlay.yaml`, overlay(component, `${name}.yaml`)]])),
};
