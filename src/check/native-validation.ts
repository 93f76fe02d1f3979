import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import type { ObjectProblem } from '../render/index.js';
import { examined } from './examined.js';
import type { CheckContext } from './index.js';

/** Says what the API server's own validation would refuse, and what it would warn of. */
export async function nativeValidation(platform: ResolvedPlatform, desired: Desired, context: CheckContext): Promise<Diagnostic[]> {
  const known = await examined(platform, desired, context);
  const generated = new Set([...platform.policies.rules].map(({ id }) => `${platform.name}.${id}`));
  return desired.objects.flatMap((rendered) => {
    const result = known.of(rendered);
    // Of a rule's own objects the policy file is to be told.
    if (!result || (generated.has(rendered.ref.name) && rendered.ref.kind.startsWith('ValidatingAdmissionPolicy'))) return [];
    const object = formatRef(rendered.ref);
    return [
      ...result.invalid.filter((problem) => isCertain(rendered, problem)).map(({ field, message }) => diagnose('object-refused', { object, field: field === '' ? '' : `${field}: `, problem: message }, rendered.at)),
      ...result.warnings.map((problem) => diagnose('object-questionable', { object, problem }, rendered.at)),
    ];
  });
}

/** Stand-ins for secrets have the right length and letters, not the right form: a pull secret's JSON is none here. */
function isCertain({ ref }: RenderedObject, { field }: ObjectProblem): boolean {
  return ref.kind !== 'Secret' || !field.startsWith('data');
}
