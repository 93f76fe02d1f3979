import { expect, test } from 'vitest';
import { MostikError } from '../../diagnostics/index.js';
import { K3dSpec } from '../../model/cluster-schema.js';
import { k3dConfiguration, k3dFile, problemsOf, type K3dCluster } from './configuration.js';

/** The cluster of the ML platform. */
function mlCluster(options: Record<string, unknown> = {}): K3dCluster {
  const spec = K3dSpec.parse({
    servers: 2,
    agents: 2,
    image: 'rancher/k3s:v1.33.4-k3s1',
    ports: [{ port: '80:80', nodeFilters: ['loadbalancer'] }, { port: '127.0.0.1:8443:443', nodeFilters: ['loadbalancer'] }],
    volumes: [{ volume: './data:/data', nodeFilters: ['all'] }, { volume: '/srv/models:/models:ro', nodeFilters: ['agent:*'] }],
    disable: ['traefik'],
    options,
  });
  return { name: 'ml-cluster', spec, registry: { name: 'k3d-ml-registry', port: 5050 }, dir: '/home/me/platform' };
}

test('the file says what the platform declares', () => {
  expect(k3dFile(k3dConfiguration(mlCluster()))).toBe(`apiVersion: k3d.io/v1alpha5
kind: Simple
metadata:
  name: ml-cluster
servers: 2
agents: 2
image: rancher/k3s:v1.33.4-k3s1
volumes:
  - volume: /home/me/platform/data:/data
    nodeFilters:
      - all
  - volume: /srv/models:/models:ro
    nodeFilters:
      - agent:*
ports:
  - port: "80:80"
    nodeFilters:
      - loadbalancer
  - port: "127.0.0.1:8443:443"
    nodeFilters:
      - loadbalancer
registries:
  create:
    name: k3d-ml-registry
    host: "127.0.0.1"
    hostPort: "5050"
  config: |
    mirrors:
      k3d-ml-registry:5050:
        endpoint:
          - http://k3d-ml-registry:5000
options:
  k3d:
    wait: true
    timeout: "5m0s"
  kubeconfig:
    updateDefaultKubeconfig: true
    switchCurrentContext: false
  k3s:
    extraArgs:
      - arg: --disable=traefik
        nodeFilters:
          - server:*
`);
});

test('options of the platform go before our own, and arguments of k3s stay beside those that leave parts out', () => {
  const { options } = k3dConfiguration(mlCluster({ k3d: { wait: false }, k3s: { extraArgs: [{ arg: '--tls-san=ml.example', nodeFilters: ['server:0'] }] } }));
  expect(options).toMatchObject({ k3d: { wait: false, timeout: '5m0s' }, k3s: { extraArgs: [{ arg: '--tls-san=ml.example' }, { arg: '--disable=traefik' }] } });
});

test('options that k3d does not have are refused with their place', () => {
  const wrong = (options: Record<string, unknown>): string[] => {
    try {
      k3dConfiguration(mlCluster(options));
      return [];
    } catch (error) {
      return error instanceof MostikError ? error.diagnostics.map(({ code, message }) => `${code}: ${message}`) : [];
    }
  };
  expect(wrong({ k3d: { waiting: true } })).toEqual(["k3d-configuration-invalid: Cluster ml-cluster: k3d's configuration: options.k3d must NOT have additional properties (waiting)"]);
  expect(wrong({ k3s: { nodeLabels: [{ label: 7 }] } })[0]).toContain('options.k3s.nodeLabels.0.label must be string');
  expect(wrong({ k3d: { wait: 'yes' } })[0]).toContain('options.k3d.wait must be boolean');
  expect(wrong({ runtime: { serversMemory: '2g', somethingNew: 1 } })).toEqual([]);
});

test('the facts of k3d\'s schema hold for files of others', () => {
  const minimal = { apiVersion: 'k3d.io/v1alpha5', kind: 'Simple' };
  expect(problemsOf(minimal)).toEqual([]);
  expect(problemsOf({ kind: 'Simple' })[0]?.problem).toContain("'apiVersion'");
  expect(problemsOf({ ...minimal, apiVersion: 'k3d.io/v1alpha4' })[0]).toEqual({ path: 'apiVersion', problem: 'must be equal to one of the allowed values (k3d.io/v1alpha5)' });
  expect(problemsOf({ ...minimal, servers: 0 })[0]?.path).toBe('servers');
  expect(problemsOf({ ...minimal, kubeAPI: { host: 'k3d.example.org', hostIP: '127.0.0.1', hostPort: '6445' } })).toEqual([]);
  expect(problemsOf({ ...minimal, kubeAPI: { hostIP: '127.0.0.300' } })).toHaveLength(1);
  // Ports of this machine are texts in k3d, and a number there is the mistake that is made most.
  expect(problemsOf({ ...minimal, registries: { create: { name: 'r', hostPort: 5050 } } })[0]).toEqual({ path: 'registries.create.hostPort', problem: 'must be string' });
  expect(problemsOf({ ...minimal, ports: [{ port: '80:80', nodes: ['all'] }] })[0]?.problem).toContain('nodes');
  expect(problemsOf({ ...minimal, metadata: { name: 'a-name-that-is-longer-than-k3d-takes' } })[0]?.problem).toContain('32 letters');
});
