import { asDict, asString, asStrings } from '../../lib/read-unknown.js';
import { findableLength, formatRef, keyOf, labels, refOf, restore, tokenize, type KubeObject, type RenderedObject, type SecretTable } from '../../model/index.js';
import { blankSecret } from '../blank.js';

/** What secret values are replaced by. */
export interface Covering {
  platform: string;
  /** The platform's real values, and the stand-ins of the same names. */
  real: SecretTable;
  standIns: SecretTable;
  /** The recorded generation with stand-ins in it. */
  declared: readonly RenderedObject[];
}

/**
 * Takes the values out of a live object: the platform's own become stand-ins wherever they stand, Secrets are blanked.
 * What the platform's files say of its own Secrets stays, for the plan to find it unchanged.
 */
export function cover(object: KubeObject, { platform, real, standIns, declared }: Covering): KubeObject {
  const covered = restore(tokenize(object, real), standIns);
  if (covered.kind !== 'Secret' || covered.apiVersion !== 'v1') return covered;
  const own = covered.metadata.labels?.[labels.platform] === platform ? declared.find(({ ref }) => keyOf(ref) === keyOf(refOf(object))) : undefined;
  const blanked = blankSecret(covered);
  if (!own) return blanked;
  const known = declaredData(own.object);
  const unchanged = Object.entries(asStrings(covered['data'])).filter(([key, value]) => known[key] === value);
  return { ...blanked, data: { ...asStrings(blanked['data']), ...Object.fromEntries(unchanged) } };
}

function declaredData(secret: KubeObject): Record<string, string> {
  const texts = Object.entries(asStrings(secret['stringData'])).map(([key, value]): [string, string] => [key, Buffer.from(value).toString('base64')]);
  return { ...asStrings(secret['data']), ...Object.fromEntries(texts) };
}

/** Every value of Secrets that are not the platform's, to be looked for in what is told. Short ones stand everywhere by chance. */
export function valuesOf(objects: readonly KubeObject[]): SecretTable {
  const values = new Map<string, string>();
  for (const object of objects) {
    if (object.kind !== 'Secret' || object.apiVersion !== 'v1') continue;
    for (const [key, value] of Object.entries(asDict(object['data']))) {
      const text = Buffer.from(asString(value) ?? '', 'base64').toString('utf8').trim();
      if (text.length >= findableLength && text.length <= 4096) values.set(`${formatRef(refOf(object))}/${key}`, text);
    }
  }
  return values;
}
