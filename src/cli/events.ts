import { exitCodes } from '../diagnostics/index.js';
import { eventsText } from '../views/events.js';
import { jsonText } from '../views/json.js';
import { defineCommand } from './command.js';
import { componentsArgument, dailyFlags } from './daily-flags.js';
import { declaredPods } from './declared-pods.js';
import { seconds, toggle } from './flag.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik events`: what happened to components' objects. */
export const eventsCommand = defineCommand({
  details: 'Events of a component\'s objects and of what Kubernetes made for them (ReplicaSets, Jobs, pods, claims), newest last; those that say the same are folded. Kubernetes keeps them for an hour.',
  arguments: [componentsArgument],
  flags: { ...dailyFlags, watch: toggle('Go on telling them as they come', { short: 'w' }), since: seconds('Only those of the last time, such as 10m', { value: 'TIME' }) },
  examples: [
    ['mostik events api-gateway', 'of one component'],
    ['mostik events --since 5m --watch', 'of all, and go on'],
  ],
  run: async ({ args, flags, terminal, signal }) => {
    const { platformEvents, watchEvents } = await import('../operate/events.js');
    const { target, place, platform } = await withSteps(terminal, (steps) => openPlatform(flags.dir, { flags, signal, steps }));
    const options = { names: args, declared: declaredPods(platform), sinceSeconds: flags.since, signal };
    const isJson = flags.output === 'json';
    if (!flags.watch) {
      const events = await platformEvents(target.kube, place, options);
      terminal.out(isJson ? jsonText({ version: 1, platform: place.platform, events }) : eventsText(events, terminal.outLook));
      return exitCodes.done;
    }
    const closed = new AbortController();
    await watchEvents(target.kube, place, {
      ...options,
      signal: AbortSignal.any([signal, closed.signal]),
      onEvents: (events) => {
        const text = isJson ? events.map((event) => JSON.stringify({ version: 1, ...event })).join('\n') : eventsText(events, terminal.outLook);
        if (!terminal.out(text)) closed.abort();
      },
    });
    // Ctrl-C is how a watch ends.
    return exitCodes.done;
  },
});
