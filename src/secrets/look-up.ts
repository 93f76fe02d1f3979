import type { Diagnostic } from '../diagnostics/index.js';
import type { SecretSpec, SecretTable } from '../model/index.js';
import { envNameOf, readEnv } from './env-store.js';
import { unseal } from './seal.js';
import { readSealedValues, type SealedValue, type SecretsFolder } from './sealed-values.js';
import type { SealingKey } from './sealing-keys.js';

/** Private keys at hand, and where they were looked for, in words. */
export interface FoundKeys {
  keys: readonly SealingKey[];
  tried: string;
}

/** Which secrets, and where their values may be. */
export interface SecretPlaces extends SecretsFolder {
  specs: Readonly<Record<string, SecretSpec>>;
  /** Values of the target cluster's state; empty when there is none yet. */
  stored: SecretTable;
  /** Private keys that the user named; with them every sealed value is opened and compared. */
  keys?: FoundKeys | undefined;
  /** Looks for more keys; asked once, and only when a sealed value is needed that the named keys do not open. */
  findKeys?: (() => Promise<FoundKeys>) | undefined;
}

/** Where a value comes from; `unopened` is sealed and closed, `none` is nowhere. */
export type SecretSource = 'env' | 'cluster' | 'sealed' | 'unopened' | 'none';

/** What Git keeps of a secret: its value in use, another one, or one that was not (or could not be) opened. */
export interface SealedLookup extends SealedValue {
  state: 'same' | 'differs' | 'not-compared' | 'not-opened' | 'not-text';
  tried: string;
}

/** What was found of one secret. */
export interface SecretLookup {
  name: string;
  spec: SecretSpec;
  /** Its name in `.env`. */
  key: string;
  source: SecretSource;
  value?: string;
  /** The value of `.env` is not the one of the cluster's state. */
  clusterDiffers: boolean;
  sealed?: SealedLookup;
}

/** What was found of all of them; nothing is made. */
export interface Lookups {
  lookups: SecretLookup[];
  /** Everything in `.env`. */
  env: ReadonlyMap<string, string>;
  diagnostics: Diagnostic[];
}

/** Looks each secret up: in `.env`, then in the cluster's state, then in the sealed file of Git. */
export async function lookUpSecrets({ specs, stored, keys, findKeys, ...folder }: SecretPlaces): Promise<Lookups> {
  const env = readEnv(folder.dir);
  const sealed = readSealedValues(specs, folder);
  const open = opener(keys, findKeys);
  const lookups: SecretLookup[] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const key = envNameOf(name, spec);
    const [written, kept] = [env.values.get(key) ?? '', stored.get(name) ?? ''];
    const plain = written !== '' ? { source: 'env' as const, value: written } : kept !== '' ? { source: 'cluster' as const, value: kept } : undefined;
    const found = await open(sealed.values.get(name), plain?.value);
    const whole = plain ?? (found ? sealedSource(found) : { source: 'none' as const });
    lookups.push({ name, spec, key, ...whole, clusterDiffers: written !== '' && kept !== '' && written !== kept, ...(found ? { sealed: found.lookup } : {}) });
  }
  return { lookups, env: env.values, diagnostics: [...env.diagnostics, ...sealed.diagnostics] };
}

interface OpenedSealed {
  lookup: SealedLookup;
  value?: string;
}

function sealedSource({ value }: OpenedSealed): { source: SecretSource; value?: string } {
  return value === undefined ? { source: 'unopened' } : { source: 'sealed', value };
}

/** Opens sealed values: with the named keys always, with others only where there is no value yet. */
function opener(keys: FoundKeys | undefined, findKeys: SecretPlaces['findKeys']): (sealed: SealedValue | undefined, known: string | undefined) => Promise<OpenedSealed | undefined> {
  let more: Promise<FoundKeys> | undefined;
  const search = (): Promise<FoundKeys> => (more ??= findKeys ? findKeys() : Promise.resolve({ keys: [], tried: '' }));
  return async (sealed, known) => {
    if (!sealed) return undefined;
    if (known !== undefined && !keys) return { lookup: { ...sealed, state: 'not-compared', tried: '' } };
    const first = openText(sealed, keys?.keys ?? []);
    const others = first === 'not-opened' && known === undefined ? await search() : undefined;
    const opened = others ? openText(sealed, others.keys) : first;
    const tried = [keys?.tried, others?.tried].filter(Boolean).join('; ') || 'none was named';
    if (typeof opened === 'string') return { lookup: { ...sealed, state: opened, tried } };
    return { lookup: { ...sealed, state: known === undefined || known === opened.value ? 'same' : 'differs', tried }, value: opened.value };
  };
}

function openText({ sealed, target }: SealedValue, keys: readonly SealingKey[]): { value: string } | 'not-opened' | 'not-text' {
  const opened = unseal(sealed, keys.map(({ key }) => key), target);
  if (!('value' in opened)) return 'not-opened';
  const value = opened.value.toString('utf8');
  return Buffer.from(value).equals(opened.value) ? { value } : 'not-text';
}
