import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diagnose, exitCodes, MostikError, throwOnErrors, type ExitCode } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { yamlText } from '../lib/write-yaml.js';
import type { ResolvedPlatform } from '../model/index.js';
import type { Inputs } from '../pipeline.js';
import { jsonText } from '../views/json.js';
import { newKeyText, secretsListText, unsealText } from '../views/secrets-human.js';
import { newKeyJson, secretsListJson, unsealJson } from '../views/secrets-json.js';
import { defineCommand } from './command.js';
import { printDiagnostics } from './failure.js';
import { text, toggle, wholeNumber } from './flag.js';
import { dirArgument, inputsOf, outputFlag, platformFlags, sealingFlags, targetFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik secrets list`. */
export const listCommand = defineCommand({
  details: 'Values are looked up in .env, then in the cluster, then in the sealed file of Git, and only then made. They are never shown unless one is asked for with --reveal.',
  arguments: [dirArgument],
  flags: { ...platformFlags, ...targetFlags, ...sealingFlags, ...outputFlag, reveal: text('Print the value of this secret, and nothing else', { value: 'NAME' }) },
  examples: [
    ['mostik secrets list platforms/microservices', 'where each value comes from, and who takes it'],
    ['mostik secrets list --sealing-key ~/shop.key', 'compare with what Git keeps sealed'],
    ['mostik secrets list --reveal db | pbcopy', 'one value, to paste it'],
  ],
  run: async ({ args: [dir], flags, terminal, signal }): Promise<ExitCode> => {
    const where = 'mostik secrets list';
    if (flags.reveal !== undefined && flags.output === 'json') throw new MostikError([diagnose('argument-invalid', { where, expected: '--reveal without -o json, which never holds a value', value: 'both' })]);
    const [{ readPlatform }, { listSecrets }] = await Promise.all([import('../pipeline.js'), import('../operate/secrets-list.js')]);
    const { list, values } = await withSteps(terminal, async (steps) => {
      const platform = await readPlatform(inputsOf(dir, flags), { signal, onProgress: steps.engine });
      return listSecrets(platform, { context: flags.context, kubeconfig: flags.kubeconfig, sealingKeys: flags.sealingKey, signal });
    });
    throwOnErrors(list.diagnostics);
    if (flags.reveal !== undefined) {
      const found = list.secrets.find(({ name }) => name === flags.reveal);
      terminal.out(valueOf(flags.reveal, { value: values.get(flags.reveal), known: list.secrets.map(({ name }) => name), env: found?.env, where, cluster: list.cluster.problem ?? `cluster ${list.cluster.name} has none` }));
      return exitCodes.done;
    }
    printDiagnostics(list.diagnostics, terminal);
    terminal.out(flags.output === 'json' ? jsonText(secretsListJson(list)) : secretsListText(list, terminal.outLook));
    return exitCodes.done;
  },
});

function valueOf(name: string, { value, known, env, where, cluster }: { value: string | undefined; known: string[]; env: string | undefined; where: string; cluster: string }): string {
  if (value !== undefined) return value;
  if (env !== undefined) throw new MostikError([diagnose('seal-no-value', { name, key: env, cluster, hint: 'mostik secrets list says where it would come from' })]);
  const near = didYouMean(name, known);
  throw new MostikError([diagnose('secret-not-declared', { where: `${where} --reveal`, name, hint: near === undefined ? '' : `did you mean ${near}?` })]);
}

/** `mostik secrets unseal`. */
export const unsealCommand = defineCommand({
  details: 'Tells which values open, without showing them. --out writes the Secret into a file that only you may read, and not where Git would take it; --out - prints it. --reveal prints one value.',
  arguments: [{ name: 'file', description: 'File with a SealedSecret', required: true, complete: 'files' }],
  flags: {
    ...sealingFlags,
    ...outputFlag,
    ...targetFlags,
    fromCluster: toggle('Open with the keys of the controller in the cluster, where you may read them'),
    dir: text('Folder of the platform whose cluster that is; the current folder by default', { value: 'DIR', complete: 'folders' }),
    out: text('Write the Secret there; - prints it', { value: 'FILE', complete: 'files' }),
    reveal: text('Print the value under this key, and nothing else', { value: 'KEY' }),
  },
  examples: [
    ['mostik secrets unseal secrets.sealed.yaml --sealing-key ~/shop.key', 'does everything still open?'],
    ['mostik secrets unseal db.sealed.yaml --from-cluster --reveal password', 'one value'],
    ['mostik secrets unseal db.sealed.yaml --sealing-key main.key --out ~/db.yaml', 'the Secret, readable by you alone'],
  ],
  run: async ({ args: [file = ''], flags, terminal, signal }): Promise<ExitCode> => {
    const where = 'mostik secrets unseal';
    if (flags.output === 'json' && (flags.reveal !== undefined || flags.out === '-')) throw new MostikError([diagnose('argument-invalid', { where, expected: '-o json without --reveal and --out -: it never holds a value', value: 'both' })]);
    const { unsealFile, writePrivate } = await import('../operate/secrets-unseal.js');
    const platform = flags.fromCluster ? await platformNear(flags.dir, signal) : undefined;
    const unsealed = await withSteps(terminal, () =>
      unsealFile(file, { where, sealingKeys: flags.sealingKey, fromCluster: flags.fromCluster, platform, context: flags.context, kubeconfig: flags.kubeconfig, signal }),
    );
    const failed = unsealed.diagnostics.some(({ severity }) => severity === 'error');
    if (flags.reveal === undefined && (failed || flags.out === undefined)) terminal.out(flags.output === 'json' ? jsonText(unsealJson(unsealed)) : unsealText(unsealed, terminal.outLook));
    if (flags.reveal !== undefined) {
      const value = unsealed.values.get(flags.reveal);
      if (value === undefined && !unsealed.items.some(({ item }) => item === flags.reveal)) throw itemMissing(flags.reveal, unsealed);
      if (value === undefined) throw new MostikError(unsealed.diagnostics);
      terminal.out(value.toString('utf8'));
      return exitCodes.done;
    }
    printDiagnostics(unsealed.diagnostics, terminal);
    if (failed) return exitCodes.usage;
    if (flags.out === '-') terminal.out(yamlText(unsealed.secret));
    else if (flags.out !== undefined) {
      writePrivate(flags.out, yamlText(unsealed.secret));
      terminal.out(flags.output === 'json' ? jsonText(unsealJson(unsealed)) : unsealText(unsealed, terminal.outLook));
    }
    return exitCodes.done;
  },
});

function itemMissing(item: string, { file, target, items }: { file: string; target: { namespace: string; name: string }; items: { item: string }[] }): MostikError {
  const names = items.map((one) => one.item).join(', ');
  return new MostikError([diagnose('sealed-item-missing', { file, object: `SealedSecret/${target.namespace}/${target.name}`, item, items: names })]);
}

/** `mostik secrets new-key`. */
export const newKeyCommand = defineCommand({
  details: 'For platforms without a Sealed Secrets controller, and for those whose cluster comes and goes: the key is yours, not the cluster\'s. The certificate is written beside the platform file as secrets.crt.',
  arguments: [dirArgument],
  flags: {
    ...outputFlag,
    out: text('Where the private key goes: out of Git', { value: 'FILE', complete: 'files' }),
    days: wholeNumber('How long the certificate may seal; ten years by default. The key opens for ever', { value: 'DAYS', least: 1 }),
  },
  examples: [['mostik secrets new-key platforms/shop --out ~/shop.key', 'then commit platforms/shop/secrets.crt']],
  run: async ({ args: [dir], flags, terminal }): Promise<ExitCode> => {
    const where = 'mostik secrets new-key';
    if (flags.out === undefined) throw new MostikError([diagnose('flag-invalid', { where: `${where} --out`, expected: 'a file for the private key', value: 'none', hint: 'it must lie out of Git, such as ~/shop.key' })]);
    const { newSealingKey } = await import('../operate/secrets-key.js');
    const { out, days } = flags;
    const report = await withSteps(terminal, () => newSealingKey({ out, dir: folderOf(dir), days: days ?? 3650 }));
    terminal.out(flags.output === 'json' ? jsonText(newKeyJson(report)) : newKeyText(report, terminal.outLook));
    return exitCodes.done;
  },
});

/** The folder of a platform that is named by its folder or its file. */
export function folderOf(dir: string | undefined): string {
  if (dir === undefined) return '.';
  return statSync(dir, { throwIfNoEntry: false })?.isFile() === true ? dirname(dir) : dir;
}

/** The platform in a folder, where there is one: a manifest can be sealed without. */
export async function platformNear(dir: string | undefined, signal: AbortSignal, inputs?: Inputs): Promise<ResolvedPlatform | undefined> {
  const folder = dir ?? '.';
  const there = folderOf(dir) !== folder || ['platform.yaml', 'platform.yml', 'platform.ts'].some((name) => existsSync(join(folder, name)));
  if (!there) return undefined;
  const { readPlatform } = await import('../pipeline.js');
  return readPlatform(inputs ?? { dir: folder, profiles: [], overlays: [], sets: [] }, { signal });
}
