import { diagnose, exitCodes, MostikError } from '../diagnostics/index.js';
import { jsonText } from '../views/json.js';
import { defineCommand } from './command.js';
import { componentArgument, dailyFlags } from './daily-flags.js';
import { printDiagnostics } from './failure.js';
import { toggle } from './flag.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik open`: a component in the browser. */
export const openCommand = defineCommand({
  details: 'Prints the address of a component (Ingress, HTTPRoute, LoadBalancer) and opens it in a browser: $BROWSER, else the first program of the system that does.',
  arguments: [componentArgument],
  flags: { ...dailyFlags, print: toggle('Only print the address') },
  examples: [
    ['mostik open web', 'in the browser'],
    ['mostik open web --print', 'for a script'],
  ],
  run: async ({ args: [name = ''], flags, terminal, signal }) => {
    const [{ chooseComponents, readLivePlatform }, { urlsOf }] = await Promise.all([import('../operate/live-platform.js'), import('../operate/addresses.js')]);
    const urls = await withSteps(terminal, async (steps) => {
      const { target, place } = await openPlatform(flags.dir, { flags, signal, steps });
      const [component] = chooseComponents(await readLivePlatform(target.kube, place, signal), [name]);
      return (component?.objects ?? []).flatMap(urlsOf);
    });
    // The shortest path is the page itself; others lie below it.
    const [url] = [...urls].sort((a, b) => Number(b.startsWith('https')) - Number(a.startsWith('https')) || a.length - b.length);
    if (url === undefined) throw new MostikError([diagnose('nothing-to-open', { component: name })]);
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, component: name, url, urls }) : url);
    if (flags.print) return exitCodes.done;
    const { openInBrowser } = await import('../operate/browser.js');
    const opened = await openInBrowser(url);
    if ('problem' in opened) printDiagnostics([diagnose('browser-missing', { reason: opened.problem })], terminal);
    return exitCodes.done;
  },
});
