import { relative } from 'node:path';
import { exitCodes } from '../diagnostics/index.js';
import { jsonText } from '../views/json.js';
import { defineCommand } from './command.js';
import { text, toggle } from './flag.js';
import { outputFlag } from './platform-flags.js';

/** `mostik chart new`: a service as a values file. */
export const newCommand = defineCommand({
  details: 'Writes values/NAME.yaml beside the platform file and prints the lines that make it a component, or adds them with --add. Nothing that is there is written over.',
  arguments: [
    { name: 'kind', description: 'Library chart: python-fastapi-service, python-celery-worker or frontend-spa', required: true, complete: ['python-fastapi-service', 'python-celery-worker', 'frontend-spa'] },
    { name: 'name', description: 'Name of the service', required: true },
  ],
  flags: {
    dir: text('Folder of the platform; the current folder by default', { value: 'DIR', complete: 'folders' }),
    add: toggle('Add the component to the platform file; its comments stay'),
    ...outputFlag,
  },
  examples: [
    ['mostik chart new python-fastapi-service orders --add', 'a service and its component'],
    ['mostik chart new python-celery-worker mailer --dir platforms/shop', 'the values file; prints the lines for the platform file'],
  ],
  run: async ({ args: [kind = '', name = ''], flags, terminal }) => {
    const { newService } = await import('../load/new-service.js');
    const { dir = '.' } = flags;
    const made = newService({ kind, name, dir, add: flags.add });
    if (flags.output === 'json') {
      terminal.out(jsonText({ version: 1, ...made }));
      return exitCodes.done;
    }
    const shown = (path: string): string => relative(process.cwd(), path);
    const next = made.platform === undefined ? `Add it to the platform file, below spec.components:\n${made.lines}` : `Component ${name} added to ${shown(made.platform)}`;
    terminal.out(`service ${name} written to ${shown(made.file)}\n\n${next}\n\nWhat next\n  edit ${shown(made.file)}\n  mostik check ${dir}`);
    return exitCodes.done;
  },
});
