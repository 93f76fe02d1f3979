import { exitCodes } from '../diagnostics/index.js';
import { defineCommand } from './command.js';
import { plural } from '../views/text.js';
import { outputFlag } from './platform-flags.js';
import { withSteps } from './platform-world.js';
import { containerFlag, openWorkplace, workFlags } from './workplace.js';

/** `mostik copy`: files and folders into a pod, or out of it. */
export const copyCommand = defineCommand({
  details: 'One side is COMPONENT:/path, POD:/path or KIND/NAME:/path. A folder that is there already takes the copy in, as with cp -r; a source that ends in /. means its content. Owners are not kept. Archives of a container never write outside of the target.',
  arguments: [
    { name: 'source', description: 'What is copied', required: true, complete: 'files' },
    { name: 'destination', description: 'Where it goes', required: true, complete: 'files' },
  ],
  flags: { ...workFlags, ...containerFlag, ...outputFlag },
  examples: [
    ['mostik copy web:/app/logs ./logs', 'a folder out of a ready pod of the component'],
    ['mostik copy ./seed.sql postgres:/tmp/', 'a file into one'],
    ['mostik copy ./site/. web:/usr/share/nginx/html', 'the content of a folder'],
    ['mostik copy pod/web-1:/tmp/heap.bin . -n shop --context prod', 'on any cluster'],
  ],
  run: async ({ args: [source = '', destination = ''], flags, terminal, signal }) => {
    const [{ copy }, { copiedJson, copiedText, sizeText }, { jsonText }] = await Promise.all([import('../operate/copy.js'), import('../views/copied.js'), import('../views/json.js')]);
    const copied = await withSteps(terminal, async (steps) => {
      const workplace = await openWorkplace(flags, { where: 'mostik copy', signal, steps });
      let toldAt = 0;
      const onProgress = ({ files, bytes }: { files: number; bytes: number }): void => {
        if (Date.now() - toldAt < 200) return;
        toldAt = Date.now();
        steps.tell(`Copying ${source} -> ${destination}, ${sizeText(bytes)}${files > 0 ? `, ${plural(files, 'file')}` : ''}`);
      };
      return copy(workplace, { source, destination, container: flags.container, onProgress, signal });
    });
    terminal.out(flags.output === 'json' ? jsonText(copiedJson(copied)) : copiedText(copied, terminal.outLook));
    return exitCodes.done;
  },
});
