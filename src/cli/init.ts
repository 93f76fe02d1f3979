import { relative } from 'node:path';
import { exitCodes } from '../diagnostics/index.js';
import { jsonText } from '../views/json.js';
import { plural } from '../views/text.js';
import { defineCommand } from './command.js';
import { text } from './flag.js';
import { outputFlag } from './platform-flags.js';

/** `mostik init`: a first platform, from nothing or from one that comes with Mostik. */
export const initCommand = defineCommand({
  details: 'Writes a small commented platform.yaml with editor help, or a copy of a platform that comes with Mostik. Nothing that is there is written over.',
  arguments: [{ name: 'dir', description: 'Folder to write into; the current folder by default', complete: 'folders' }],
  flags: {
    from: text('A platform that comes with Mostik, such as microservices', { value: 'PLATFORM' }),
    name: text('Name of the platform; the folder\'s by default', { value: 'NAME' }),
    ...outputFlag,
  },
  examples: [
    ['mostik init', 'a first platform in the current folder'],
    ['mostik init shop --from microservices', 'start from a whole platform'],
  ],
  run: async ({ args: [dir = '.'], flags, terminal }) => {
    const { initPlatform } = await import('../load/init.js');
    const result = initPlatform({ dir, ...(flags.from === undefined ? {} : { from: flags.from }), ...(flags.name === undefined ? {} : { name: flags.name }) });
    if (flags.output === 'json') {
      terminal.out(jsonText({ version: 1, ...result }));
      return exitCodes.done;
    }
    const shown = relative(process.cwd(), result.dir) || '.';
    terminal.out(`platform ${result.name} written to ${shown}: ${plural(result.files.length, 'file')}\n\nWhat next\n  mostik render ${shown}   print its objects\n  mostik up ${shown}       bring it up`);
    return exitCodes.done;
  },
});
