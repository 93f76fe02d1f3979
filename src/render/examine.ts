import { digest } from '../lib/canonical-json.js';
import { asDict, asList, asNumber, asString, isDict } from '../lib/read-unknown.js';
import { isKubeObject, type KubeObject, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import { askEngine, type EngineCall } from './call-engine.js';
import { engineIdentity, keepTexts, readKeptText, renderCacheFolder } from './engine-cache.js';
import { onlyStandIns } from './engine-passes.js';

/** Version of the protocol of `mostik-render examine`. */
const protocol = 1;

/** What an API server is to say of objects: its defaults, its own validation, and policies in force. */
export interface ExamineRequest {
  /** Minor version, such as `1.36`. */
  kubeVersion: string;
  objects: readonly KubeObject[];
  policies: readonly { policy: KubeObject; binding: KubeObject; params: readonly KubeObject[] }[];
  /** Namespaces that are not among the objects. */
  namespaces: readonly KubeObject[];
}

/** A refusal of Kubernetes' own validation; without a field it is about the whole object. */
export interface ObjectProblem {
  field: string;
  message: string;
}

/** One failed validation of one policy. */
export interface Verdict {
  policy: string;
  /** Of the validation in the policy; -1 for the policy as a whole. */
  index: number;
  message: string;
  actions: string[];
  /** The expression failed instead of saying false. */
  error: boolean;
}

/** What the API server would say of one object. */
export interface ObjectExamined {
  /** With Kubernetes' own defaults; missing for custom resources, and where it cannot be read. */
  defaulted?: KubeObject;
  invalid: ObjectProblem[];
  warnings: string[];
  verdicts: Verdict[];
}

export interface Examined {
  /** The Kubernetes version whose rules were applied: the nearest that the engine knows. */
  judged: string;
  /** In the order of the request. */
  objects: ObjectExamined[];
  /** Why the API server would not accept a policy; in the order of the request. */
  policies: { policy: string; invalid: ObjectProblem[] }[];
}

/**
 * Asks Kubernetes' own code, in the render engine, about objects. With a folder the answer is kept there by content: give
 * none where the objects hold real secrets.
 */
export async function examine(request: ExamineRequest, call: EngineCall, cache?: string): Promise<Examined> {
  const asked = { version: protocol, ...request };
  const engine = cache === undefined ? undefined : await engineIdentity(call.path);
  const key = engine && digest({ examine: asked, engine });
  const kept = cache !== undefined && key !== undefined ? await readKeptText(cache, key) : undefined;
  if (kept !== undefined) return readExamined(kept, request);
  let answer = '';
  const examined = await askEngine('examine', asked, {
    call,
    read: (text) => {
      answer = text;
      return readExamined(text, request);
    },
  });
  // A cache that cannot be written costs time and nothing else.
  if (cache !== undefined && key !== undefined) await keepTexts(cache, [{ key, text: answer }]).catch(() => undefined);
  return examined;
}

function readExamined(text: string, { objects, policies }: ExamineRequest): Examined {
  const response: unknown = JSON.parse(text);
  if (!isDict(response) || response['version'] !== protocol) throw new Error(`it speaks another version of the protocol, expected ${protocol}`);
  const results = asList(response['objects']);
  if (results.length !== objects.length) throw new Error(`it answered for ${results.length} of ${objects.length} objects`);
  const rules = asList(response['policies']).map(asDict);
  if (rules.length !== policies.length) throw new Error(`it answered for ${rules.length} of ${policies.length} policies`);
  return {
    judged: asString(response['judged']) ?? '',
    objects: results.map((result) => readObject(asDict(result))),
    policies: rules.map((rule) => ({ policy: asString(rule['policy']) ?? '', invalid: readProblems(rule['invalid']) })),
  };
}

function readObject({ defaulted, invalid, warnings, verdicts }: Record<string, unknown>): ObjectExamined {
  return {
    ...(isKubeObject(defaulted) ? { defaulted } : {}),
    invalid: readProblems(invalid),
    warnings: asList(warnings).map(String),
    verdicts: asList(verdicts).map((entry) => {
      const verdict = asDict(entry);
      return {
        policy: asString(verdict['policy']) ?? '',
        index: asNumber(verdict['index']) ?? -1,
        message: asString(verdict['message']) ?? '',
        actions: asList(verdict['actions']).map(String),
        error: verdict['error'] === true,
      };
    }),
  };
}

function readProblems(value: unknown): ObjectProblem[] {
  return asList(value).map((entry) => ({ field: asString(asDict(entry)['field']) ?? '', message: asString(asDict(entry)['message']) ?? '' }));
}

/** Where answers about a platform are kept: nowhere once a real secret may be in one. */
export function examineCache(platform: ResolvedPlatform, secrets: SecretTable): string | undefined {
  const declared = new Map([...secrets].filter(([name]) => !name.startsWith('generated/')));
  return onlyStandIns(platform, declared) ? renderCacheFolder() : undefined;
}
