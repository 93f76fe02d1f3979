import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../diagnostics/index.js';
import type { FullStatus, StatusOptions } from '../operate/status.js';
import { jsonText } from '../views/json.js';
import type { Look } from '../views/look.js';
import { detailsText, whyText } from '../views/status-details.js';
import { statusText } from '../views/status-human.js';
import { statusJson } from '../views/status-json.js';
import { defineCommand } from './command.js';
import { declaredPods } from './declared-pods.js';
import { toggle } from './flag.js';
import { dirArgument, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { openPlatform, withSteps, type PlatformWorld } from './platform-world.js';
import { redrawOn } from './redraw.js';
import type { Terminal } from './terminal.js';

/** `mostik status`: how a platform is. */
export const statusCommand = defineCommand({
  details: [
    'Shows components, what of them is not healthy, pods that are not ready or were restarted, and addresses. -v lists every object, pod, Service, claim, autoscaler and certificate.',
    '--why follows what is not ready over the components that it needs, down to the pod and its reason.',
  ].join('\n'),
  arguments: [dirArgument, { name: 'component', description: 'Components to show; all without any', rest: true, complete: 'components' }],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag, watch: toggle('Go on showing it as it changes', { short: 'w' }), why: toggle('Why components are not ready, as a chain of causes') },
  examples: [
    ['mostik status platforms/microservices', 'components, and what is not healthy'],
    ['mostik status --why api-gateway', 'why a component is not ready'],
    ['mostik status -v', 'every object, pod, Service and claim'],
    ['mostik status -w', 'live, until Ctrl-C'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const { platformStatus } = await import('../operate/status.js');
    const { chooseNamed } = await import('../operate/live-platform.js');
    const { dir, names } = splitPlatform(args);
    const world = await withSteps(terminal, (steps) => openPlatform(dir, { flags, signal, steps }));
    const options = { declared: declaredPods(world.platform), why: flags.why, signal };
    const show: Show = { json: flags.output === 'json', pick: (status) => pick(status, chooseNamed(status.components, names, world.place)) };
    if (flags.watch) return watch(world, { ...show, options, terminal, signal });
    const status = show.pick(await platformStatus(world.target, world.place, options));
    terminal.out(show.json ? jsonText(statusJson(status)) : fullText(status, terminal.outLook));
    return exitCodes.done;
  },
});

interface Show {
  json: boolean;
  /** Leaves what was not asked for out. */
  pick(status: FullStatus): FullStatus;
}

/** Tells `[DIR] [COMPONENT...]` apart: the first word is a platform's folder or file, or it is a component. */
export function splitPlatform([first, ...rest]: readonly string[]): { dir: string | undefined; names: string[] } {
  if (first === undefined) return { dir: undefined, names: [] };
  const stat = statSync(first, { throwIfNoEntry: false });
  const isPlatform = stat?.isFile() === true || (stat?.isDirectory() === true && ['platform.yaml', 'platform.yml', 'platform.ts'].some((file) => existsSync(join(first, file))));
  return isPlatform || /[/\\.]/.test(first) ? { dir: first, names: rest } : { dir: undefined, names: [first, ...rest] };
}

function pick(status: FullStatus, chosen: ReadonlySet<string>): FullStatus {
  const isChosen = ({ component }: { component: string }): boolean => chosen.has(component);
  const { pods, services, urls, claims, autoscalers, certificates } = status.details;
  return {
    ...status,
    components: status.components.filter(({ name }) => chosen.has(name)),
    details: { pods: pods.filter(isChosen), services: services.filter(isChosen), urls: urls.filter(isChosen), claims: claims.filter(isChosen), autoscalers: autoscalers.filter(isChosen), certificates: certificates.filter(isChosen) },
    ...(status.why ? { why: status.why.filter(isChosen) } : {}),
  };
}

function fullText(status: FullStatus, look: Look): string {
  if (status.why) return whyText(status.why, status.components, look);
  return `${statusText(status, look)}\n${detailsText(status.details, look)}`;
}

/** Draws the status anew on a terminal; elsewhere prints it whenever it differs: one JSON document a line, or the text. */
async function watch({ target, place }: PlatformWorld, { json, pick: choose, options, terminal, signal }: Show & { options: StatusOptions; terminal: Terminal; signal: AbortSignal }): Promise<typeof exitCodes.done> {
  const [{ watchStatus }, draw] = await Promise.all([import('../operate/status.js'), json || terminal.stdout.isTTY !== true ? undefined : redrawOn(terminal.stdout)]);
  const closed = new AbortController();
  let last = '';
  const onStatus = (whole: FullStatus): void => {
    const status = choose(whole);
    if (draw !== undefined) {
      draw.show(() => fullText(status, terminal.outLook));
      return;
    }
    const text = json ? JSON.stringify(statusJson(status)) : fullText(status, terminal.outLook);
    // Ages alone are no news.
    const news = json ? text.replace(/"ageSeconds":\d+/g, '') : text.replace(/\d+[smhd]\S*/g, '');
    if (news !== last && !terminal.out(text)) closed.abort();
    last = news;
  };
  try {
    await watchStatus(target, place, { ...options, onStatus, signal: AbortSignal.any([signal, closed.signal]) });
  } finally {
    draw?.end();
  }
  // Ctrl-C is how a watch ends.
  return exitCodes.done;
}
