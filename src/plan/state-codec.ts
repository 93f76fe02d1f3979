import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { KubeObject } from '../model/index.js';
import { asDict, asString } from '../lib/read-unknown.js';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Label that marks every object of Mostik's own state, with the platform's name as its value. */
export const stateLabel = 'mostik.dev/state-of';
/** Label that says what a state object is: head, values, generation or piece. */
export const stateKindLabel = 'mostik.dev/state';
/** Type of the Secrets that hold state. */
export const stateType = 'mostik.dev/state';

/** A Secret holds 1 MiB; half of it leaves room for what the server adds. */
const pieceLimit = 512 * 1024;

/** Content that is stored once under its digest. */
export interface Blob {
  digest: string;
  text: string;
}

/** Name of the record that says which generation is the last. */
export const headName = (platform: string): string => `mostik.${platform}`;
/** Name of the Secret with the platform's secret values and its digest key. */
export const valuesName = (platform: string): string => `mostik.${platform}.values`;
/** Name of the record of one generation. */
export const generationName = (platform: string, number: number): string => `mostik.${platform}.generation-${number}`;
/** Name of a stored piece. */
export const blobName = (platform: string, digest: string): string => `mostik.${platform}.piece-${digest}`;

/** Cuts a list into pieces that fit into a Secret each, whatever its length: a piece too large when packed is halved. */
export async function cutIntoBlobs(entries: readonly unknown[]): Promise<{ blob: Blob; packed: Buffer }[]> {
  const text = JSON.stringify(entries);
  const packed = await pack(text);
  if (packed.length <= pieceLimit || entries.length <= 1) {
    return [{ blob: { digest: createHash('sha256').update(text).digest('hex').slice(0, 40), text }, packed }];
  }
  const middle = entries.length >> 1;
  const halves = await Promise.all([cutIntoBlobs(entries.slice(0, middle)), cutIntoBlobs(entries.slice(middle))]);
  return halves.flat();
}

/** Compresses text for a Secret. Level 1: apply waits for this, and the pieces are small. */
export async function pack(text: string): Promise<Buffer> {
  return zip(text, { level: 1 });
}

/** Reads what `pack` wrote. */
export async function unpack(data: Buffer): Promise<unknown> {
  return JSON.parse((await unzip(data)).toString('utf8')) as unknown;
}

/** Builds the Secret that holds one piece of state. */
export function stateSecret(platform: string, place: { namespace: string; name: string; kind: 'head' | 'values' | 'generation' | 'piece' }, data: Record<string, Buffer>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: place.name, namespace: place.namespace, labels: { [stateLabel]: platform, [stateKindLabel]: place.kind, 'app.kubernetes.io/managed-by': 'mostik' } },
    type: stateType,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.toString('base64')])),
  };
}

/** Reads one entry of a state Secret; undefined when it is not there. */
export function stateData(secret: KubeObject | undefined, key: string): Buffer | undefined {
  const text = asString(asDict(secret?.['data'])[key]);
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}
