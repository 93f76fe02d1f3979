import type { KubeObject } from '../src/model/index.js';

/** A mix as platforms have it: half ConfigMaps, a fifth Secrets, the rest Services and Deployments scaled to 0. */
export function mixedObjects(count: number, namespace: string, changed = 0): KubeObject[] {
  return Array.from({ length: count }, (_, index) => object(index, namespace, index < changed));
}

function object(index: number, namespace: string, isChanged: boolean): KubeObject {
  const name = `object-${index}`;
  const metadata = { name, namespace, labels: { 'app.kubernetes.io/name': name } };
  const value = isChanged ? 'changed' : 'first';
  const kind = index % 20;
  if (kind < 10) return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: Object.fromEntries(Array.from({ length: 10 }, (_, key) => [`key-${key}`, `${value} value ${index} ${'x'.repeat(30)}`])) };
  if (kind < 14) return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { token: Buffer.from(`${value} token ${index}`).toString('base64') } };
  if (kind < 17) return { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, annotations: { note: value } }, spec: { type: 'ClusterIP', selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, annotations: { note: value } },
    spec: { replicas: 0, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 8080 }], resources: { requests: { cpu: '10m', memory: '16Mi' } } }] } } },
  };
}
