import { restore, standIn, standIns, tokenize, usedSecrets, type Desired, type ResolvedPlatform, type SecretSpec, type SecretTable } from '../model/index.js';
import { renderOnly, secretPlaces, type StageOptions } from '../pipeline.js';
import type { State } from '../plan/index.js';
import { resolveSecrets } from '../secrets/index.js';

/** What a rehearsal has instead of secrets. */
export interface StandInTables {
  /** For the state before the change. A secret whose value the change replaces has another stand-in there. */
  before: SecretTable;
  /** What is to be carried out, stand-ins in it. */
  desired: Desired;
  /** Names of secrets without a value, which an apply would refuse. */
  missing: string[];
  /** Every value that must not be seen in a report: the real ones, and the stand-ins, which people could take for real. */
  masked: SecretTable;
}

/**
 * Puts stand-ins of the same form in the place of every secret value. Upon a recorded state the platform is rendered with
 * the real values first, for checksums of secrets are in that state: a stand-in's would be another one, and a restart
 * that nobody gets. The real values leave this function only to be looked for in the report.
 */
export async function standInTables(platform: ResolvedPlatform, rendered: Desired, { state, ...options }: StageOptions & { state: State | undefined }): Promise<StandInTables> {
  const specs = usedSecrets(platform);
  const stored: SecretTable = state?.secrets ?? new Map<string, string>();
  const real = await resolveSecrets({ ...secretPlaces(platform, undefined, {}), specs, stored });
  const known: SecretTable = new Map([...standIns(platform), ...rendered.secrets]);
  const forName = (name: string, value: string): string => known.get(name) ?? standIn(name, specs[name] ?? specOf(value));
  const before = new Map([...stored].map(([name, value]) => [name, real.differs.includes(name) ? standIn(`${name} before`, specs[name] ?? specOf(value)) : forName(name, value)]));
  const desired = state?.last ? await withStandIns(platform, { real: new Map([...known, ...real.table]), forName, ...options }) : rendered;
  const named = (prefix: string, table: SecretTable): [string, string][] => [...table].map(([name, value]) => [`${prefix}/${name}`, value]);
  return {
    before,
    desired,
    missing: Object.keys(specs).filter((name) => !real.table.has(name)),
    masked: new Map([...named('stored', stored), ...named('real', real.table), ...named('stand-in', known), ...named('before', before)]),
  };
}

async function withStandIns(platform: ResolvedPlatform, { real, forName, ...options }: StageOptions & { real: SecretTable; forName(name: string, value: string): string }): Promise<Desired> {
  const { desired } = await renderOnly(platform, { ...options, secrets: real });
  const table = new Map([...desired.secrets].map(([name, value]) => [name, forName(name, value)]));
  return { ...desired, objects: restore(tokenize(desired.objects, desired.secrets), table), secrets: table };
}

/** A stand-in is as long as the value, as far as the form of generated secrets goes. */
function specOf(value: string): SecretSpec {
  return { generate: { length: Math.min(256, Math.max(8, value.length)), alphabet: 'alphanumeric' } };
}
