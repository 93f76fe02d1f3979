import { exitCodes } from '../diagnostics/index.js';
import type { PlatformStatus } from '../model/index.js';
import { jsonText } from '../views/json.js';
import { statusText } from '../views/status-human.js';
import { statusJson } from '../views/status-json.js';
import { defineCommand } from './command.js';
import { toggle } from './flag.js';
import { dirArgument, outputFlag, platformFlags, targetFlags } from './platform-flags.js';
import { openPlatform, withSteps, type PlatformWorld } from './platform-world.js';
import { redrawOn } from './redraw.js';
import type { Terminal } from './terminal.js';

/** `mostik status`: how a platform is. */
export const statusCommand = defineCommand({
  arguments: [dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...outputFlag, watch: toggle('Go on showing it as it changes', { short: 'w' }) },
  examples: [
    ['mostik status platforms/microservices', 'components, and what is not healthy'],
    ['mostik status -v', 'every object'],
    ['mostik status -w', 'live, until Ctrl-C'],
  ],
  run: async ({ args: [dir], flags, terminal, signal }) => {
    const { platformStatus } = await import('../operate/status.js');
    const world = await withSteps(terminal, (steps) => openPlatform(dir, { flags, signal, steps }));
    if (flags.watch) return watch(world, { json: flags.output === 'json', terminal, signal });
    const status = await platformStatus(world.target, world.place);
    terminal.out(flags.output === 'json' ? jsonText(statusJson(status)) : statusText(status, terminal.outLook));
    return exitCodes.done;
  },
});

/** Draws the status anew on a terminal; elsewhere prints it whenever it differs: one JSON document a line, or the text. */
async function watch({ target, place }: PlatformWorld, { json, terminal, signal }: { json: boolean; terminal: Terminal; signal: AbortSignal }): Promise<typeof exitCodes.done> {
  const [{ watchStatus }, draw] = await Promise.all([import('../operate/status.js'), json || terminal.stdout.isTTY !== true ? undefined : redrawOn(terminal.stdout)]);
  const closed = new AbortController();
  let last = '';
  const onStatus = (status: PlatformStatus): void => {
    if (draw !== undefined) {
      draw.show(() => statusText(status, terminal.outLook));
      return;
    }
    const text = json ? JSON.stringify(statusJson(status)) : statusText(status, terminal.outLook);
    if (text !== last && !terminal.out(text)) closed.abort();
    last = text;
  };
  try {
    await watchStatus(target, place, { onStatus, signal: AbortSignal.any([signal, closed.signal]) });
  } finally {
    draw?.end();
  }
  // Ctrl-C is how a watch ends.
  return exitCodes.done;
}
