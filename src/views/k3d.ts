import type { K3dState } from '../cluster/k3d/index.js';
import { registryHost, type Registry } from '../model/index.js';
import type { K3dDryRun } from '../operate/k3d.js';
import type { Look } from './look.js';
import { pairs } from './table.js';

/** What is shown of a k3d cluster. */
export interface K3dView extends K3dState {
  kubeconfig: string;
  context: string;
  /** Path of the configuration that it was made with. */
  configuration: string;
  registry?: Registry | undefined;
}

/** A cluster in k3d's list. */
export interface ListedK3d extends K3dState {
  /** Somebody else made it: Mostik neither starts nor deletes it. */
  foreign: boolean;
  context: string;
}

/** The configuration, then every command in order, with when it is run. */
export function dryRunText({ configuration, commands }: K3dDryRun): string {
  const lines = commands.map(({ args, when }) => {
    const line = ['k3d', ...args].map(shellWord).join(' ');
    return when === undefined ? line : `${line}   # ${when}`;
  });
  return [...(configuration ? [`# ${configuration.file}`, configuration.text] : []), '# nothing was run', ...lines].join('\n');
}

/** The published form of a dry run. */
export function dryRunJson({ cluster, configuration, commands }: K3dDryRun): object {
  return { version: 1, cluster, provider: 'k3d', ...(configuration ? { configuration: { file: configuration.file, content: configuration.data } } : {}), commands: commands.map(({ args, when }) => ({ program: 'k3d', args, ...(when === undefined ? {} : { when }) })) };
}

/** Shows a k3d cluster, and how to use it. */
export function k3dStatusText(view: K3dView, look: Look): string {
  const { style } = look;
  const paint = view.state === 'running' ? style.good : style.bad;
  const facts: [string, string][] = [
    ['provider', 'k3d'],
    ['servers', `${view.servers.running} of ${view.servers.count} run`],
    ['agents', `${view.agents.running} of ${view.agents.count} run`],
    ...(view.registry ? [['registry', `${registryHost(view.registry)} (127.0.0.1:${view.registry.port} from this machine)`] satisfies [string, string]] : []),
    ['kubeconfig', `${view.kubeconfig} (context ${view.context})`],
    ['made with', view.configuration],
  ];
  const next = view.state === 'stopped' ? `Start it with: mostik cluster start ${view.name}` : `Use it with: mostik kubectl --cluster ${view.name} -- get nodes`;
  return [`${style.strong(view.name)}  ${paint(view.state)}`, ...pairs(facts, look), '', next].join('\n');
}

/** The published form of a k3d cluster. */
export function k3dStatusJson({ registry, ...view }: K3dView): object {
  return { version: 1, provider: 'k3d', ...view, ...(registry ? { registry: registryHost(registry) } : {}) };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
