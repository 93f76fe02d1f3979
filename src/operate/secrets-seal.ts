import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diagnose, MostikError, throwOnErrors } from '../diagnostics/index.js';
import { controllerCertificate, controllerKeys, sealingKeyLabel, type ControllerPlace, type Kube } from '../kube/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import type { Dict } from '../lib/read-unknown.js';
import { shownPath } from '../lib/shown-path.js';
import { writeAtomically } from '../lib/write-atomically.js';
import { readYamlText } from '../lib/yaml-text.js';
import { secretValue, seedName, seedSpec, usedSecrets, type ResolvedPlatform, type SecretSpec } from '../model/index.js';
import { secretPlaces } from '../pipeline.js';
import { certificateFileName, envNameOf, lookUpSecrets, readCertificate, readEnv, readClusterKeys, readKeyFiles, readSealedFile, readSecret, saveGenerated, sealedPlaceOf, sealInto, type Scope, type SealingCertificate, type SealOutcome, type SealTarget, type SealTools } from '../secrets/index.js';
import { clusterOf, storedSecrets, type SecretsOptions } from './secrets-list.js';

/** How to seal. */
export interface SealOptions extends SecretsOptions {
  /** The command, for messages. */
  where: string;
  /** Folder of the platform file: its certificate is used when no other is named. */
  dir: string;
  /** A file with the certificate. */
  certificate?: string | undefined;
  /** Asks the controller of the cluster for its certificate, and reads its keys to compare where they may be read. */
  controller?: ControllerPlace | undefined;
  scope?: Scope | undefined;
  again: boolean;
}

/** What became of a sealed file. */
export interface SealedFileReport {
  /** As a person writes it; undefined for a manifest that goes to stdout. */
  file?: string;
  target: SealTarget;
  items: { item: string; outcome: SealOutcome }[];
  written: boolean;
}

/** What was sealed, with which certificate. Values are nowhere in it. */
export interface SealReport {
  certificate: { from: string; fingerprint: string; notAfter: string };
  files: SealedFileReport[];
  /** Secrets whose value was made, and saved in `.env`. */
  generated: string[];
  /** The manifest that was asked for on stdout. */
  manifest?: string;
}

/** Keeps secret values of a platform in Git: seals them into the files where they are looked up. Without names, all that components take. */
export async function sealPlatform(platform: ResolvedPlatform, options: SealOptions & { names: readonly string[]; generate: boolean }): Promise<SealReport> {
  const tools = await toolsOf(platform, options);
  const specs = options.names.length > 0 ? Object.fromEntries(options.names.map((name) => [name, specOf(platform, name, options.where)])) : usedSecrets(platform);
  const { values, generated } = await valuesOf(platform, specs, options);
  const files = new Map<string, { values: Record<string, Buffer>; asked: Set<string> }>();
  for (const [name, value] of values) {
    const { file, item } = sealedPlaceOf(name, specs[name], platform);
    const into = files.get(file) ?? { values: {}, asked: new Set() };
    into.values[item] = Buffer.from(value);
    if (options.names.includes(name)) into.asked.add(item);
    files.set(file, into);
  }
  const first: SealTarget = { scope: options.scope ?? 'strict', namespace: platform.namespace, name: `${platform.name}-secrets` };
  // Every file is sealed before the first is written: a mistake in one leaves all as they are.
  const sealed = [...files].map(([file, { values: items, asked }]) => {
    const existing = readSealedFile(file);
    const target = existing ? { ...existing.sealedSecret.target, ...(options.scope ? { scope: options.scope } : {}) } : first;
    return { file, target, ...sealInto({ file: shownPath(file), existing, target, values: items, asked, whole: false }, tools) };
  });
  const reports = sealed.map(({ file, target, text, outcomes }) => report({ file, target, text, outcomes }));
  return { certificate: tools.from, files: reports, generated };
}

/** A SealedSecret to be written as a manifest of a component. */
export interface SealedManifest {
  name?: string | undefined;
  namespace?: string | undefined;
  out?: string | undefined;
}

/** Writes a SealedSecret of values of the platform: the controller in the cluster makes the Secret of it. `items` maps its keys to names of secrets. */
export async function sealObject(platform: ResolvedPlatform, options: SealOptions & SealedManifest & { name: string; items: Readonly<Record<string, string>>; type?: string | undefined; generate: boolean }): Promise<SealReport> {
  const tools = await toolsOf(platform, options);
  const specs = Object.fromEntries(Object.values(options.items).map((name) => [name, specOf(platform, name, options.where)]));
  const { values: found, generated } = await valuesOf(platform, specs, { ...options, names: Object.values(options.items), opened: true });
  const values = Object.fromEntries(Object.entries(options.items).map(([item, name]) => [item, Buffer.from(found.get(name) ?? '')]));
  const target: SealTarget = { scope: options.scope ?? 'strict', namespace: options.namespace ?? platform.namespace, name: options.name };
  const template = options.type === undefined ? undefined : { type: options.type };
  return { ...writeManifest({ target, values, template, whole: false }, { options, tools }), generated };
}

/** Turns the manifest of a Secret into one that is safe in Git: data, type, labels, annotations and immutability are kept. */
export async function sealManifest(platform: ResolvedPlatform | undefined, options: SealOptions & SealedManifest & { input: string }): Promise<SealReport> {
  const { name, input } = options;
  const shown = input === '-' ? 'stdin' : shownPath(input);
  const secret = readSecret(readManifest(input, shown));
  const invalid = (problem: string): MostikError => new MostikError([diagnose('secret-manifest-invalid', { file: shown, problem })]);
  if (typeof secret === 'string') throw invalid(secret);
  const scope = options.scope ?? secret.scope;
  const namespace = options.namespace ?? (secret.namespace !== '' ? secret.namespace : (platform?.namespace ?? ''));
  if (namespace === '' && scope !== 'cluster-wide') throw invalid('it names no namespace: --namespace NAME, or metadata.namespace');
  const tools = await toolsOf(platform, options);
  const target = { scope, namespace, name: name ?? secret.name };
  return { ...writeManifest({ target, values: secret.values, template: secret.template, whole: true }, { options, tools }), generated: [] };
}

type Tools = SealTools & { from: SealReport['certificate'] };

function writeManifest(wanted: { target: SealTarget; values: Record<string, Buffer>; template: Dict | undefined; whole: boolean }, { options, tools }: { options: SealOptions & SealedManifest; tools: Tools }): Omit<SealReport, 'generated'> {
  const { target, values } = wanted;
  const { out } = options;
  const existing = out === undefined ? undefined : readSealedFile(out);
  const { text, outcomes } = sealInto({ ...wanted, file: out === undefined ? 'stdout' : shownPath(out), existing, asked: new Set(Object.keys(values)) }, tools);
  const files = [report({ file: out, target, text, outcomes })];
  return { certificate: tools.from, files, ...(out === undefined && text !== undefined ? { manifest: text } : {}) };
}

function report({ file, target, text, outcomes }: { file: string | undefined; target: SealTarget; text?: string | undefined; outcomes: Record<string, SealOutcome> }): SealedFileReport {
  if (file !== undefined && text !== undefined) write(file, text);
  const items = Object.entries(outcomes).map(([item, outcome]) => ({ item, outcome }));
  return { ...(file === undefined ? {} : { file: shownPath(file) }), target, items, written: file !== undefined && text !== undefined };
}

/** What is sealed is no secret: whoever may read the folder may read it. */
function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o666;
    writeAtomically(file, text, mode & 0o777);
  } catch (error) {
    throw new MostikError([diagnose('file-not-writable', { path: shownPath(file), problem: error instanceof Error && 'code' in error ? String(error.code) : String(error) })], { cause: error });
  }
}

function specOf(platform: ResolvedPlatform, name: string, where: string): SecretSpec {
  if (name === seedName) return seedSpec;
  const spec = platform.secrets[name];
  if (spec) return spec;
  const near = didYouMean(name, Object.keys(platform.secrets));
  throw new MostikError([diagnose('secret-not-declared', { where, name, hint: near === undefined ? `declare it: spec.secrets.${name}: { generate: {} }` : `did you mean ${near}?` })]);
}

/** The values in use, of `.env` or of the cluster; those that are nowhere are made when that is asked for. `opened` takes sealed ones too. */
async function valuesOf(platform: ResolvedPlatform, specs: Record<string, SecretSpec>, options: SealOptions & { names?: readonly string[]; generate: boolean; opened?: boolean }): Promise<{ values: Map<string, string>; generated: string[] }> {
  const env = readEnv(platform.dir).values;
  const inEnv = Object.entries(specs).every(([name, spec]) => (env.get(envNameOf(name, spec)) ?? '') !== '');
  const { stored, cluster, target } = inEnv ? { stored: new Map<string, string>(), cluster: { name: '', problem: '', missing: false }, target: undefined } : await storedSecrets(platform, options);
  const { lookups, diagnostics } = await lookUpSecrets({ ...secretPlaces(platform, target?.kube, options), specs, stored });
  throwOnErrors(diagnostics.filter(({ code }) => code !== 'sealed-not-yet'));
  const values = new Map<string, string>();
  const generated: string[] = [];
  const missing = lookups.flatMap(({ name, spec, key, source, value }) => {
    if (value !== undefined && (source !== 'sealed' || options.opened === true)) values.set(name, value);
    if (value !== undefined || (source === 'unopened' && options.opened !== true)) return [];
    const mayMake = source === 'none' && spec.generate !== undefined && (cluster.problem === undefined || cluster.missing);
    if (mayMake && options.generate) {
      generated.push(name);
      values.set(name, secretValue(spec, (n) => randomInt(n)));
    }
    // Charts that make passwords of their own make them of the seed, so it is sealed too; most platforms have none yet.
    if (values.has(name) || (name === seedName && options.names?.includes(name) !== true)) return [];
    const hint = mayMake ? `put it into .env, or let it be made: --generate` : source === 'unopened' ? 'name the private key with --sealing-key FILE' : 'put it into .env beside the platform file';
    return [diagnose('seal-no-value', { name, key, cluster: cluster.problem ?? `cluster ${cluster.name} has none`, hint })];
  });
  throwOnErrors(missing);
  saveGenerated({ dir: platform.dir, table: values, names: generated, specs });
  return { values, generated: generated.map((name) => `${name} (${envNameOf(name, specs[name])})`) };
}

function readManifest(input: string, shown: string): unknown {
  let text: string;
  try {
    text = readFileSync(input === '-' ? 0 : input, 'utf8');
  } catch (error) {
    const problem = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new MostikError([diagnose('secret-manifest-invalid', { file: shown, problem: problem === 'ENOENT' ? 'there is no such file' : problem })], { cause: error });
  }
  const { data, problems } = readYamlText(text, 'kubernetes');
  const [problem] = problems.filter(({ kind }) => kind !== 'readings');
  if (!problem) return data;
  const words = problem.kind === 'documents' ? 'a second document begins here, expected one' : 'text' in problem ? problem.text : `${problem.kind} in YAML`;
  throw new MostikError([diagnose('secret-manifest-invalid', { file: shown, problem: `line ${problem.line}: ${words}` })]);
}

async function toolsOf(platform: ResolvedPlatform | undefined, options: SealOptions): Promise<Tools> {
  const named = readKeyFiles(options.sealingKeys ?? []);
  const kube = options.controller ? await clusterOf(platform, options) : undefined;
  const { certificate, from } = await certificateOf(kube, options);
  const found = kube ? readClusterKeys(kube.context, await controllerKeys(kube, { signal: options.signal })) : undefined;
  const keys = [...(named?.keys ?? []), ...(found?.keys ?? [])].map(({ key }) => key);
  return { certificate, keys, again: options.again, from: { from, fingerprint: certificate.fingerprint, notAfter: certificate.notAfter.toISOString() } };
}

async function certificateOf(kube: Kube | undefined, { certificate: named, controller, dir, where, signal }: SealOptions): Promise<{ certificate: SealingCertificate; from: string }> {
  if (kube && controller && named === undefined) {
    const found = await controllerCertificate(kube, controller, signal);
    if ('certificate' in found) return { certificate: readCertificate(found.certificate, found.from), from: found.from };
    const problem = found.problem === '' ? '' : `: ${found.problem}`;
    throw new MostikError([diagnose('sealing-controller-missing', { cluster: kube.context, service: `${controller.namespace}/${controller.name}`, label: sealingKeyLabel, problem })]);
  }
  const file = named ?? join(dir, certificateFileName);
  try {
    return { certificate: readCertificate(readFileSync(file, 'utf8'), shownPath(file)), from: shownPath(file) };
  } catch (error) {
    if (error instanceof MostikError) throw error;
    if (named === undefined) throw new MostikError([diagnose('sealing-certificate-missing', { where, file: shownPath(file) })], { cause: error });
    throw new MostikError([diagnose('sealing-certificate-invalid', { from: shownPath(file), problem: 'there is no such file' })], { cause: error });
  }
}
