import { standIn, standIns, usedSecrets, type Desired, type ResolvedPlatform, type SecretSpec, type SecretTable } from '../model/index.js';
import type { State } from '../plan/index.js';
import { resolveSecrets } from '../secrets/index.js';

/** What a rehearsal has instead of secrets. */
export interface StandInTables {
  /** For the state before the change. A secret whose value the change replaces has another stand-in there. */
  before: SecretTable;
  /** Names of secrets without a value, which an apply would refuse. */
  missing: string[];
  /** Every value that must not be seen in a report: the real ones, and the stand-ins, which people could take for real. */
  masked: SecretTable;
}

/** Makes stand-ins of the same form for every value of the real state; the real values are only compared, and looked for in the report. */
export async function standInTables(platform: ResolvedPlatform, desired: Desired, state: State | undefined): Promise<StandInTables> {
  const specs = usedSecrets(platform);
  const stored: SecretTable = state?.secrets ?? new Map<string, string>();
  const real = await resolveSecrets({ specs, dir: platform.dir, stored });
  const known: SecretTable = new Map([...standIns(platform), ...desired.secrets]);
  const before = new Map<string, string>();
  for (const [name, value] of stored) {
    const spec = specs[name] ?? specOf(value);
    const isReplaced = real.differs.includes(name);
    before.set(name, isReplaced ? standIn(`${name} before`, spec) : (known.get(name) ?? standIn(name, spec)));
  }
  const named = (prefix: string, table: SecretTable): [string, string][] => [...table].map(([name, value]) => [`${prefix}/${name}`, value]);
  return {
    before,
    missing: Object.keys(specs).filter((name) => !real.table.has(name)),
    masked: new Map([...named('stored', stored), ...named('real', real.table), ...named('stand-in', known), ...named('before', before)]),
  };
}

/** A stand-in is as long as the value, as far as the form of generated secrets goes. */
function specOf(value: string): SecretSpec {
  return { generate: { length: Math.min(256, Math.max(8, value.length)), alphabet: 'alphanumeric' } };
}
