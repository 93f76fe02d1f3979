import { z } from 'zod';
import type { Registry } from './registry.js';

/**
 * What a platform file says of the cluster beside its nodes: the registry in its keeping, and what k3d is told.
 * Names below `k3d` are those of k3d's own configuration file, so that what its users know holds here as well.
 */

const text = z.string().min(1, 'a text that is not empty');
const anyPort = 'a port, 1 to 65535';
const registryName = 'a host name such as k3d-ml-registry or registry.localhost';
const name = z.string(registryName).max(63, 'at most 63 letters').regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, registryName);

const RegistryMap = z.strictObject({
  name: name.default('registry.localhost').describe('The host in the names of its images; it need not resolve on this machine'),
  port: z.int(anyPort).min(1, anyPort).max(65535, anyPort).default(5050).describe('The port in the names of its images, and on 127.0.0.1'),
});

/** An image registry in the cluster's keeping: `true` is `registry.localhost:5050`. */
export const RegistrySpec = z
  .union([z.boolean(), RegistryMap], 'true, false, or a map such as { name: k3d-ml-registry, port: 5050 }')
  .meta({ examples: [true, { name: 'k3d-ml-registry', port: 5050 }] });
export type RegistrySpec = z.infer<typeof RegistrySpec>;

/** What was declared, with its defaults; undefined where there is to be none. */
export function declaredRegistry(spec: RegistrySpec | undefined): Registry | undefined {
  if (spec === undefined || spec === false) return undefined;
  return spec === true ? RegistryMap.parse({}) : spec;
}

const anyFilter = 'nodes of k3d such as loadbalancer, server:0, server:*, agent:0-1, all';
const nodeFilter = z.string(anyFilter).regex(/^(all|loadbalancer|servers?|agents?)(:(\*|\d+(,\d+)*|\d*-\d*))?(:[a-z]+)?$/, anyFilter);
const nodeFilters = z.array(nodeFilter).min(1, 'at least one of loadbalancer, server:*, agent:*, all').describe('Which nodes of k3d it is about');
const anyPublished = 'ports such as 8080:80, 127.0.0.1:8443:443 or 53:53/udp';
const anyVolume = 'a volume such as ./data:/data or /srv/models:/models:ro';

/** The cluster that the k3d command makes, in k3d's own words. */
export const K3dSpec = z
  .strictObject({
    servers: z.int('a whole number of at least 1').min(1, 'a whole number of at least 1').default(1).describe('Nodes that are control plane as well'),
    agents: z.int('a whole number of at least 0').min(0, 'a whole number of at least 0').default(0).describe('Further nodes'),
    image: text.optional().describe('Image of k3s, such as rancher/k3s:v1.33.4-k3s1; that of the k3d program by default'),
    ports: z
      .array(z.strictObject({ port: z.string(anyPublished).regex(/^((\d{1,3}\.){3}\d{1,3}:)?(\d+(-\d+)?:)?\d+(-\d+)?(\/(tcp|udp))?$/, anyPublished), nodeFilters }))
      .default([])
      .describe('Ports of this machine that lead to nodes: HOST:NODE'),
    volumes: z
      .array(z.strictObject({ volume: z.string(anyVolume).regex(/^[^:]+(:[^:]+){1,2}$/, anyVolume), nodeFilters }))
      .default([])
      .describe('Folders of this machine in nodes; ./ and ../ start at the platform file'),
    disable: z.array(text).default([]).describe('Parts of k3s to leave out, such as traefik, servicelb, metrics-server'),
    options: z.record(z.string(), z.unknown()).default({}).describe('The options of k3d\'s configuration file as they are: k3d, k3s, kubeconfig, runtime'),
  })
  .meta({ id: 'K3d', description: 'The cluster that the k3d command makes', examples: [{ servers: 2, agents: 2 }] });
export type K3dSpec = z.infer<typeof K3dSpec>;
