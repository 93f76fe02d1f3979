import { describe, expect, test } from 'vitest';
import { labels, type KubeObject, type RenderedObject } from '../../model/index.js';
import { blankData } from '../blank.js';
import { copyOf } from './copy-of.js';
import { cover, valuesOf } from './cover.js';

const meta = { name: 'x', namespace: 'shop', uid: 'u', resourceVersion: '7', creationTimestamp: 'then', ownerReferences: [], managedFields: [] };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a copy of a live object', () => {
  test('has nothing that another cluster would refuse', () => {
    const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: meta, spec: { clusterIP: '10.0.0.7', clusterIPs: ['10.0.0.7'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ port: 80, nodePort: 30001 }] }, status: { loadBalancer: {} } };
    expect(copyOf(service)).toEqual({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', namespace: 'shop' }, spec: { ports: [{ port: 80, nodePort: 30001 }] } });
    const headless = copyOf({ ...service, spec: { clusterIP: 'None', clusterIPs: ['None'] } });
    expect(headless['spec']).toEqual({ clusterIP: 'None', clusterIPs: ['None'] });
  });

  test('of a Job gets its selector from the server again, unless a person chose it', () => {
    const job: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', labels: { app: 'x', 'controller-uid': 'u' } }, spec: { selector: { matchLabels: { 'controller-uid': 'u' } }, template: { metadata: { labels: { app: 'x', 'batch.kubernetes.io/job-name': 'x' } }, spec: {} } } };
    expect(copyOf(job)).toEqual({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', labels: { app: 'x' } }, spec: { template: { metadata: { labels: { app: 'x' } }, spec: {} } } });
    const chosen = { ...job, spec: { ...(job['spec'] as object), manualSelector: true } };
    expect(copyOf(chosen)['spec']).toEqual(chosen.spec);
  });

  test('of a pod is placed and given its token anew', () => {
    const token = { name: 'kube-api-access-abc', mountPath: '/var/run' };
    const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { nodeName: 'n', priority: 0, containers: [{ name: 'a', volumeMounts: [token, { name: 'data', mountPath: '/d' }] }], volumes: [{ name: 'kube-api-access-abc' }, { name: 'data' }] } };
    expect(copyOf(pod)['spec']).toEqual({ containers: [{ name: 'a', volumeMounts: [{ name: 'data', mountPath: '/d' }] }], volumes: [{ name: 'data' }] });
  });

  test('of a volume keeps size and place, and its claim by name', () => {
    const place = { required: { nodeSelectorTerms: [] } };
    const volume: KubeObject = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { capacity: { storage: '1Gi' }, csi: { driver: 'd' }, nodeAffinity: place, claimRef: { namespace: 'shop', name: 'data', uid: 'old' } } };
    expect(copyOf(volume)['spec']).toMatchObject({ capacity: { storage: '1Gi' }, nodeAffinity: place, claimRef: { namespace: 'shop', name: 'data' }, hostPath: {} });
    expect(JSON.stringify(copyOf(volume))).not.toMatch(/csi|old/);
  });
});

describe('secrets of a live cluster', () => {
  const secret = (more: Partial<KubeObject>): KubeObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'shop', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'REALREAL' } }, type: 'Opaque', data: { password: base64('REALREAL'), user: base64('shopkeeper'), empty: '' }, ...more });
  const covering = { platform: 'shop', real: new Map([['db', 'REALREAL']]), standIns: new Map([['db', 'STANDIN1']]), declared: [] as RenderedObject[] };

  test('are blanked in a form that their type demands, with the same keys', () => {
    expect(cover(secret({}), covering)).toMatchObject({ data: { password: base64('blanked'), user: base64('blanked'), empty: '' }, metadata: { annotations: {} } });
    expect(JSON.parse(Buffer.from(blankData('kubernetes.io/dockerconfigjson', [])['.dockerconfigjson'] ?? '', 'base64').toString())).toEqual({ auths: {} });
    expect(Object.keys(blankData('kubernetes.io/tls', ['ca.crt'])).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  });

  test('of the platform become stand-ins, and what the files say stays while it is still so', () => {
    const own = secret({ metadata: { name: 'db', namespace: 'shop', labels: { [labels.platform]: 'shop' } } });
    const declared: RenderedObject[] = [{ component: 'db', ref: { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' }, object: { ...own, data: {}, stringData: { password: 'STANDIN1', user: 'shopkeeper', empty: 'was not' } }, at: { file: 'x' }, keep: false }];
    expect(cover(own, { ...covering, declared })['data']).toEqual({ password: base64('STANDIN1'), user: base64('shopkeeper'), empty: '' });
    const config: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { url: 'postgres://u:REALREAL@db' } };
    expect(cover(config, covering)['data']).toEqual({ url: 'postgres://u:STANDIN1@db' });
  });

  test('are known by their values, so that none is told', () => {
    expect([...valuesOf([secret({})]).values()]).toEqual(['REALREAL', 'shopkeeper']);
  });
});
