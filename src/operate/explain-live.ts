import { MostikError } from '../diagnostics/index.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { explainField } from './explain-field.js';
import { requireObject } from './explain-object.js';
import type { ExplainOptions, FieldExplanation } from './field-origin.js';
import { liveField, type LiveField } from './live-field.js';
import { openTarget, type TargetOptions } from './target.js';

/** Explains a field, and how it is on the cluster: also one that the platform does not set, when the cluster has it. */
export async function explainLive(platform: ResolvedPlatform, desired: Desired, question: { object: string; field: string } & ExplainOptions & TargetOptions): Promise<{ explanation: FieldExplanation; live: LiveField }> {
  const { object, field, signal } = question;
  const { ref, component } = requireObject(desired.objects, object);
  const target = await openTarget(platform, question);
  try {
    const [explained, live] = await Promise.all([
      explainField(platform, desired, question).catch((error: unknown) => error),
      liveField(target.kube, ref, { field, signal }),
    ]);
    if (!(explained instanceof Error)) {
      const explanation = explained as FieldExplanation;
      return { explanation, live: explanation.secrets.length > 0 && live.value !== undefined ? { ...live, value: '*****' } : live };
    }
    if (!(explained instanceof MostikError) || live.value === undefined) throw explained;
    const explanation: FieldExplanation = { object: ref, component, field, value: undefined, secrets: [], source: 'mostik', by: [], presence: [], notes: ['The platform does not set this field.'] };
    return { explanation, live };
  } finally {
    target.kube.close();
  }
}
