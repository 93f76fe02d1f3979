import { resolve } from 'node:path';
import { diagnose, exitCodes, MostikError } from '../diagnostics/index.js';
import { writeAtomically } from '../lib/write-atomically.js';
import { shownPath } from '../lib/shown-path.js';
import { jsonText } from '../views/json.js';
import { plural } from '../views/text.js';
import { defineCommand } from './command.js';
import { dailyFlags } from './daily-flags.js';
import { declaredPods } from './declared-pods.js';
import { text, wholeNumber } from './flag.js';
import { sealingFlags } from './platform-flags.js';
import { openPlatform, withSteps } from './platform-world.js';

/** `mostik dump`: a support bundle. */
export const dumpCommand = defineCommand({
  details: [
    'Writes a .tar.gz with versions, platform files, plan, status, history, events, objects, pods, logs and nodes.',
    'Secret values are replaced by *** wherever they stand: data of Secrets, and the values themselves in every text. Look at it before you give it away: what is secret and nowhere declared so is not known.',
  ].join('\n'),
  flags: { ...dailyFlags, ...sealingFlags, out: text('File to write; named after the platform and the time without it', { value: 'FILE', complete: 'files' }), lines: wholeNumber('Lines of each container\'s log; 2000 by default', { value: 'N', least: 1 }) },
  examples: [
    ['mostik dump', 'into the current folder'],
    ['mostik dump --dir platforms/microservices --out bundle.tar.gz --lines 200', 'into a file of your choice'],
  ],
  run: async ({ flags, terminal, signal }) => {
    const { archiveDump, collectDump } = await import('../operate/dump.js');
    const { dump, name } = await withSteps(terminal, async (steps) => {
      const { target, place, platform } = await openPlatform(flags.dir, { flags, signal, steps });
      steps.tell('collecting');
      const options = { platform, place, declared: declaredPods(platform), lines: flags.lines ?? 2000, sealingKeys: flags.sealingKey, signal, onProgress: steps.engine };
      return { dump: await collectDump(target, options), name: platform.name };
    });
    const time = new Date();
    const folder = `mostik-dump-${name}-${time.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
    const file = resolve(flags.out ?? `${folder}.tar.gz`);
    try {
      writeAtomically(file, archiveDump(dump, folder, time));
    } catch (error) {
      throw new MostikError([diagnose('file-not-writable', { path: shownPath(file), problem: error instanceof Error ? error.message : String(error) })]);
    }
    const names = [...dump.files.keys()].sort();
    const missing = dump.missing.length > 0 ? `\n\nNot there:\n${dump.missing.map((line) => `  ${line}`).join('\n')}` : '';
    terminal.out(flags.output === 'json' ? jsonText({ version: 1, file, files: names, missing: dump.missing }) : `${names.map((one) => `  ${one}`).join('\n')}${missing}\n\n${shownPath(file)}: ${plural(names.length, 'file')}, secret values replaced by ***`);
    return exitCodes.done;
  },
});
