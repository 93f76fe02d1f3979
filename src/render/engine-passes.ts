import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isDict } from '../lib/read-unknown.js';
import { isKubeObject, standIns, type KubeObject, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import { callEngine, type EngineCall } from './call-engine.js';
import { callEngineCached } from './engine-cache.js';
import { protocol, type EngineItem, type EngineRequest, type EngineResult } from './engine-protocol.js';
import { apisOf, isCrd, providedApis } from './kinds.js';

/** Patch releases by minor version, where charts may ask for more than `.0`. */
const patches: Readonly<Record<string, string>> = { '1.36': '1.36.3' };
/** CRDs that only appear once other CRDs are known can do so again; more rounds than this are a chart that flips. */
const rounds = 4;

export interface EnginePasses {
  call: EngineCall;
  /** Folder of kept results; undefined where secrets are real. */
  cache: string | undefined;
}

/**
 * Renders all items. The CRDs of the platform are only known afterwards: charts that ask for APIs are then rendered
 * again with them, until nothing new appears.
 */
export async function renderItems(platform: ResolvedPlatform, items: readonly EngineItem[], { call, cache }: EnginePasses): Promise<Map<string, EngineResult>> {
  const results = new Map<string, EngineResult>();
  if (items.length === 0) return results;
  const ask = async (asked: readonly EngineItem[], apiVersions: string[]): Promise<void> => {
    const kubeVersion = patches[platform.kubernetes] ?? `${platform.kubernetes}.0`;
    const request: EngineRequest = { version: protocol, kubeVersion, apiVersions, items: [...asked] };
    const answers = cache === undefined ? await callEngine(request, call) : await callEngineCached(request, call, cache);
    for (const answer of answers) results.set(answer.id, answer);
  };
  let apis = providedApis(platform.cluster.provides);
  await ask(items, apis);
  let curious: EngineItem[] | undefined;
  for (let round = 1; round < rounds; round++) {
    const known = new Set([...apis, ...apisOf(crdsOf(results.values()))]);
    if (known.size === apis.length) break;
    apis = [...known].sort();
    curious ??= await itemsThatAskForApis(items);
    if (curious.length === 0) break;
    await ask(curious, apis);
  }
  return results;
}

/** Whether every value is the stand-in of its name, so that a result may be written down. */
export function onlyStandIns(platform: ResolvedPlatform, secrets: SecretTable): boolean {
  const expected = standIns(platform);
  return [...secrets].every(([name, value]) => expected.get(name) === value);
}

function crdsOf(results: Iterable<EngineResult>): KubeObject[] {
  return [...results].flatMap(({ objects }) => objects.map(({ object }) => object).filter((object): object is KubeObject => isKubeObject(object) && isCrd(object)));
}

async function itemsThatAskForApis(items: readonly EngineItem[]): Promise<EngineItem[]> {
  const asking = await Promise.all(
    items.map(async (item) => {
      if (item.source !== 'chart') return false;
      if (texts(item.values).some((text) => text.includes(word))) return true;
      for (const path of [item.path, ...item.files]) if (await mentions(path)) return true;
      return false;
    }),
  );
  return items.filter((_, i) => asking[i]);
}

/** How a template asks: `.Capabilities.APIVersions.Has`. */
const word = 'APIVersions';

async function mentions(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    for (const name of await readdir(path)) if (await mentions(join(path, name))) return true;
    return false;
  }
  if (!found?.isFile()) return false;
  const content = await readFile(path);
  return (isPacked(content) ? unpacked(content) : content).includes(word);
}

function isPacked(content: Buffer): boolean {
  return content[0] === 0x1f && content[1] === 0x8b;
}

/** An archive in an archive is not looked into, and one that is broken or huge neither: such a chart counts as asking. */
function unpacked(content: Buffer): Buffer {
  try {
    const tar = gunzipSync(content, { maxOutputLength: 256 * 1024 * 1024 });
    return tar.includes('.tgz') ? Buffer.from(word) : tar;
  } catch {
    return Buffer.from(word);
  }
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isDict(value) ? Object.values(value).flatMap(texts) : [];
}
