/**
 * What k3d's configuration file may hold (apiVersion k3d.io/v1alpha5, kind Simple): the facts of the JSON Schema that k3d
 * publishes with its sources and holds files against, written anew. Where that schema lets anything through, so does this one.
 */

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'number' };
const hostName: Schema = { type: 'string', maxLength: 253, pattern: '^[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*$' };
const address: Schema = { type: 'string', pattern: '^((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}$' };

/** A map with these keys and no others. */
const closed = (properties: Record<string, Schema>, required: string[] = []): Schema => ({ type: 'object', properties, required, additionalProperties: false });
const open = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
/** Most lists of k3d hold one text each, and the nodes that it is for. */
const forNodes = (key: string): Schema => listOf(closed({ [key]: text, nodeFilters: listOf(text) }));

const options = closed({
  k3d: closed({ wait: flag, timeout: {}, disableLoadbalancer: flag, disableImageVolume: flag, disableRollback: flag, loadbalancer: closed({ configOverrides: { type: 'array' } }) }),
  k3s: closed({ extraArgs: forNodes('arg'), nodeLabels: forNodes('label') }),
  kubeconfig: closed({ updateDefaultKubeconfig: flag, switchCurrentContext: flag }),
  runtime: open({ gpuRequest: text, serversMemory: text, agentsMemory: text, hostPidMode: flag, labels: forNodes('label'), ulimits: listOf(closed({ name: text, soft: number, hard: number })) }),
});

const registries = open({
  create: closed({ name: text, host: text, hostPort: text, image: text, proxy: closed({ remoteURL: text, username: text, password: text }), volumes: listOf(text) }),
  use: listOf(text),
  config: text,
});

/** The schema of the whole file, for JSON Schema draft 7. */
export const k3dSchema: Schema = closed(
  {
    apiVersion: { type: 'string', enum: ['k3d.io/v1alpha5'] },
    kind: { type: 'string', enum: ['Simple'] },
    metadata: closed({ name: hostName }),
    servers: { ...number, minimum: 1 },
    agents: { ...number, minimum: 0 },
    kubeAPI: closed({ host: hostName, hostIP: address, hostPort: text }),
    image: text,
    network: text,
    subnet: text,
    token: text,
    volumes: forNodes('volume'),
    manifests: listOf(closed({ name: text, manifest: text })),
    ports: forNodes('port'),
    options,
    env: forNodes('envVar'),
    registries,
    hostAliases: listOf(open({ ip: text, hostnames: listOf(text) })),
  },
  ['apiVersion', 'kind'],
);
