import { expect, test } from 'vitest';
import type { KubeObject } from '../../model/index.js';
import { healthOf } from './index.js';
import { taskHealth } from './pod.js';

const object = (apiVersion: string, kind: string, more: object = {}): KubeObject => ({ apiVersion, kind, metadata: { name: 'x', namespace: 'shop', generation: 2 }, ...more });
const unknown = { status: 'unknown', reason: 'admitted, readiness unknown' };

test('where no controllers run, nobody can say whether what only they bring forward is ready', () => {
  const issuing = object('cert-manager.io/v1', 'Certificate', { status: { conditions: [{ type: 'Ready', status: 'False', message: 'issuing' }] } });
  expect(healthOf(issuing)).toMatchObject({ status: 'progressing', reason: 'issuing' });
  expect(healthOf(issuing, 'none')).toEqual(unknown);
  const balanced = object('v1', 'Service', { spec: { type: 'LoadBalancer', loadBalancerClass: 'example.org/own' } });
  expect(healthOf(balanced).status).toBe('progressing');
  expect(healthOf(balanced, 'none')).toEqual(unknown);
});

test('what Kubernetes itself brings forward is judged as ever', () => {
  for (const controllers of ['run', 'none'] as const) {
    expect(healthOf(object('apps/v1', 'Deployment', { spec: { replicas: 1 } }), controllers).status).toBe('progressing');
    expect(healthOf(object('v1', 'Service', { spec: { type: 'LoadBalancer' } }), controllers).status).toBe('progressing');
    expect(healthOf(object('networking.k8s.io/v1', 'Ingress'), controllers).status).toBe('healthy');
  }
});

test('a pod that failed tells its exit code, and the last words of its program', () => {
  const ended = (terminated: object): KubeObject => object('v1', 'Pod', { status: { phase: 'Failed', containerStatuses: [{ name: 'migration', restartCount: 0, state: { terminated } }] } });
  expect(healthOf(ended({ exitCode: 1, message: 'Traceback\n  line 3\nthe schema is broken\n' }))).toEqual({ status: 'failed', reason: 'migration: ended with exit code 1: the schema is broken' });
  expect(healthOf(ended({ exitCode: 3 })).reason).toBe('migration: ended with exit code 3');
  expect(healthOf(ended({ exitCode: 1, message: 'x'.repeat(1000) })).reason).toHaveLength('migration: ended with exit code 1: '.length + 300);
  expect(healthOf(object('v1', 'Pod', { status: { phase: 'Failed', reason: 'Evicted' } })).reason).toBe('Evicted');
  expect(healthOf(object('v1', 'Pod', { status: { phase: 'Failed' } })).reason).toBe('the pod failed');
});

test('a pod with work to do is done when it succeeded, not when it is ready', () => {
  const pod = (phase: string, { ready = 'False', restartPolicy = 'Never' } = {}): KubeObject => object('v1', 'Pod', { spec: { restartPolicy }, status: { phase, conditions: [{ type: 'Ready', status: ready }] } });
  expect(healthOf(pod('Running', { ready: 'True' })).status).toBe('healthy');
  expect(taskHealth(pod('Running', { ready: 'True' }))).toEqual({ status: 'progressing', reason: 'its containers run' });
  expect(taskHealth(pod('Pending')).status).toBe('progressing');
  expect(taskHealth(pod('Succeeded')).status).toBe('healthy');
  expect(taskHealth(pod('Failed'))).toEqual({ status: 'failed', reason: 'the pod failed' });
  expect(taskHealth(pod('Running', { restartPolicy: 'Always' })).reason).toBe('its restartPolicy is Always, so it is started again whenever it ends; a hook needs Never or OnFailure');
});
