/** What a new service needs to be told, by library chart; `NAME` is the service's. The rest has defaults. */
export const serviceValues: Readonly<Record<string, string>> = {
  'python-fastapi-service': `# NAME: an API service. Every option: charts/python-fastapi-service/README.md of Mostik.
image: { repository: NAME, tag: 0.1.0 }
resources:
  requests: { cpu: 100m, memory: 128Mi }
  limits: { cpu: "1", memory: 256Mi }
# config: { LOG_LEVEL: info }                                     # environment, from a ConfigMap
# secrets: { DATABASE_URL: { name: postgres, key: uri } }         # environment, from Secrets that are there
# autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 6 }
# ingress: { enabled: true, host: NAME.example.org, tls: { issuer: ISSUER } }
`,
  'python-celery-worker': `# NAME: a Celery worker. Every option: charts/python-celery-worker/README.md of Mostik.
image: { repository: NAME, tag: 0.1.0 }
celery: { app: MODULE.app, queues: [NAME] }
resources:
  requests: { cpu: 200m, memory: 128Mi }
  limits: { cpu: "1", memory: 256Mi }
# secrets: { BROKER_URL: { name: rabbitmq, key: uri } }           # environment, from Secrets that are there
# autoscaling: { enabled: true, maxReplicas: 10, rabbitmq: { secretName: rabbitmq } }
`,
  'frontend-spa': `# NAME: a single-page application. Every option: charts/frontend-spa/README.md of Mostik.
image: { repository: NAME, tag: 0.1.0 }
resources:
  requests: { cpu: 20m, memory: 32Mi }
  limits: { cpu: 200m, memory: 64Mi }
# config: { apiBase: /api }                                       # served as /config.json
# ingress: { enabled: true, host: NAME.example.org, tls: { issuer: ISSUER } }
`,
};
