import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { diagnose, MostikError } from '../../diagnostics/index.js';
import { mergeMaps } from '../../lib/merge-maps.js';
import { asDict, asList, type Dict } from '../../lib/read-unknown.js';
import { yamlText } from '../../lib/write-yaml.js';
import { registryHost, type K3dSpec, type Registry } from '../../model/index.js';
import { k3dSchema } from './schema.js';

/** A cluster that k3d is to make. */
export interface K3dCluster {
  name: string;
  spec: K3dSpec;
  registry?: Registry | undefined;
  /** Where relative folders of volumes start. */
  dir: string;
}

/** k3d's own limit: it puts more behind the name, and the whole becomes a host name. */
const longestName = 32;

/** Works out k3d's configuration file; what would break k3d's schema is a Diagnostic. */
export function k3dConfiguration(cluster: K3dCluster): Dict {
  const { name, spec, registry, dir } = cluster;
  const given = asDict(spec.options);
  const configuration = {
    apiVersion: 'k3d.io/v1alpha5',
    kind: 'Simple',
    metadata: { name },
    servers: spec.servers,
    agents: spec.agents,
    ...(spec.image === undefined ? {} : { image: spec.image }),
    ...(spec.volumes.length > 0 ? { volumes: spec.volumes.map(({ volume, nodeFilters }) => ({ volume: absolute(volume, dir), nodeFilters })) } : {}),
    ...(spec.ports.length > 0 ? { ports: spec.ports } : {}),
    ...(registry ? { registries: registriesOf(registry) } : {}),
    options: withoutParts(mergeMaps(ownOptions, given), spec.disable),
  };
  const problems = problemsOf(configuration);
  if (problems.length > 0) throw new MostikError(problems.map(({ path, problem }) => diagnose('k3d-configuration-invalid', { cluster: name, path, problem })));
  return configuration;
}

/** The file as k3d reads it. */
export function k3dFile(configuration: Dict): string {
  return yamlText(configuration);
}

/** The context appears in the user's kubeconfig, but does not become the current one behind his back. */
const ownOptions: Dict = { k3d: { wait: true, timeout: '5m0s' }, kubeconfig: { updateDefaultKubeconfig: true, switchCurrentContext: false } };

/** k3d's registry listens on port 5000 inside of its network, whatever its port is on this machine. */
function registriesOf(registry: Registry): Dict {
  const mirrors = { mirrors: { [registryHost(registry)]: { endpoint: [`http://${registry.name}:5000`] } } };
  return { create: { name: registry.name, host: '127.0.0.1', hostPort: String(registry.port) }, config: yamlText(mirrors) };
}

function withoutParts(options: Dict, disable: readonly string[]): Dict {
  if (disable.length === 0) return options;
  const k3s = asDict(options['k3s']);
  const extraArgs = [...asList(k3s['extraArgs']), ...disable.map((part) => ({ arg: `--disable=${part}`, nodeFilters: ['server:*'] }))];
  return { ...options, k3s: { ...k3s, extraArgs } };
}

function absolute(volume: string, dir: string): string {
  const [source = '', ...rest] = volume.split(':');
  return [/^\.{1,2}(\/|$)/.test(source) ? resolve(dir, source) : source, ...rest].join(':');
}

/** Where a configuration breaks k3d's schema, and how. */
export function problemsOf(configuration: unknown): { path: string; problem: string }[] {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(k3dSchema);
  if (validate(configuration)) return tooLong(configuration);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : 'allowedValues' in params ? ` (${asList(params['allowedValues']).join(', ')})` : '';
    return { path: instancePath.slice(1).replaceAll('/', '.') || 'the file', problem: `${message ?? 'is wrong'}${extra}` };
  });
}

function tooLong(configuration: unknown): { path: string; problem: string }[] {
  const name = asDict(asDict(configuration)['metadata'])['name'];
  return typeof name === 'string' && name.length > longestName ? [{ path: 'metadata.name', problem: `is longer than the ${longestName} letters that k3d takes` }] : [];
}
