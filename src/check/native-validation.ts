import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import type { ObjectProblem } from '../render/index.js';
import { examined } from './examined.js';
import { fieldPath, fieldText, placeOf } from './field.js';
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
      ...result.invalid.filter((problem) => isCertain(rendered, problem)).map((problem) => refused(rendered, problem)),
      ...result.warnings.map((problem) => diagnose('object-questionable', { object, problem }, rendered.at)),
    ];
  });
}

function refused(rendered: RenderedObject, { field, message }: ObjectProblem): Diagnostic {
  const path = fieldPath(rendered.object, field);
  const written = fieldText(rendered.object, path);
  return diagnose('object-refused', { object: formatRef(rendered.ref), field: written === '' ? '' : `${written}: `, problem: message }, placeOf(rendered, path));
}

/**
 * Stand-ins for secrets have the right length and letters, not the right form: a pull secret's JSON is none here. That a
 * selector does not fit its own pods is told by a check that knows the place.
 */
function isCertain({ ref }: RenderedObject, { field, message }: ObjectProblem): boolean {
  return (ref.kind !== 'Secret' || !field.startsWith('data')) && !(ref.apiVersion.startsWith('apps/') && message.includes('`selector` does not match template'));
}
