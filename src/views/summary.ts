import type { ApplyResult } from '../model/index.js';
import { pairs } from './table.js';
import type { Look } from './look.js';
import { printable } from './text.js';
import { simulatedNotice } from './words.js';

/** Where something of the platform can be reached from outside. */
export interface Endpoint {
  component: string;
  /** `Service/namespace/name` or `Ingress/namespace/name`. */
  object: string;
  /** URL or host and port; empty while the address is not known. */
  address: string;
}

/** What the end of `up` shows. */
export interface Summary {
  platform: string;
  cluster: string;
  simulated: boolean;
  /** Path of the kubeconfig; empty for the user's own. */
  kubeconfig: string;
  context: string;
  components: { healthy: number; total: number };
  endpoints: Endpoint[];
  /** Command lines for what comes next, with the user's own inputs. */
  commands: { plan: string; status: string; destroy: string };
  /** The cluster is one that Mostik made, so it can stop and delete it. */
  owned: boolean;
}

/** Ends `up`: what runs, where it can be reached, how to look at it and what can be done next. */
export function summaryText(summary: Summary, look: Look): string {
  const { style } = look;
  const lines = [`${style.strong(summary.platform)} on cluster ${style.strong(summary.cluster)}`];
  if (summary.simulated) lines.push(style.warn(simulatedNotice));
  lines.push(style.good(`✓ ${summary.components.healthy} of ${summary.components.total} components healthy`));
  if (summary.endpoints.length > 0) lines.push('', style.strong('Addresses'), ...endpointLines(summary.endpoints, look));
  lines.push('', style.strong('Look at it'));
  const access = summary.kubeconfig === '' ? `kubectl --context ${shellWord(summary.context)}` : `KUBECONFIG=${shellWord(summary.kubeconfig)} kubectl`;
  lines.push(`  ${access} get pods -A`);
  if (summary.owned) lines.push(`  mostik kubectl --cluster ${summary.cluster} -- get pods -A`);
  lines.push('', style.strong('What next'), ...indentPairs(nextSteps(summary), look));
  return lines.join('\n');
}

/** The published form of how `up` ended. */
export function summaryJson({ commands: _commands, ...summary }: Summary, result: ApplyResult): object {
  return { version: 1, ...summary, result };
}

function endpointLines(endpoints: Endpoint[], look: Look): string[] {
  return indentPairs(
    endpoints.map(({ component, object, address }) => [component, `${address === '' ? '(no address yet)' : printable(address)}  ${look.style.dim(object)}`]),
    look,
  );
}

function nextSteps(summary: Summary): [string, string][] {
  const steps: [string, string][] = [
    [summary.commands.plan, 'after a change of a value: what exactly will change'],
    [`${summary.commands.status} -w`, 'watch its health'],
    [summary.commands.destroy, 'take the platform away; claims stay unless named'],
  ];
  if (summary.owned) steps.push([`mostik cluster delete ${summary.cluster}`, 'take the cluster away with everything in it']);
  return steps;
}

function indentPairs(entries: [string, string][], look: Look): string[] {
  return pairs(entries, { ...look, style: { ...look.style, dim: (text) => text } }).map((line) => `  ${line}`);
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
