import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { describeValue } from '../lib/describe-value.js';
import { parseQuantity } from '../lib/quantity.js';
import { asDict, asList, asString, valueAt, type Dict } from '../lib/read-unknown.js';
import { formatRef, type Desired, type ResolvedPlatform } from '../model/index.js';

const modes = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

/** Finds claims that the API server would refuse: without access modes, without a size, or with a size that is none. */
export function claims(_platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  return desired.objects.flatMap(({ object, ref, at }) => {
    if (ref.kind === 'PersistentVolumeClaim' && ref.apiVersion === 'v1') {
      return problemsOf(asDict(object['spec'])).map((problem) => diagnose('claim-incomplete', { object: formatRef(ref), problem: `spec.${problem}` }, at));
    }
    if (ref.kind !== 'StatefulSet') return [];
    return asList(valueAt(object, 'spec', 'volumeClaimTemplates')).flatMap((entry, i) => {
      const name = asString(valueAt(entry, 'metadata', 'name')) ?? String(i);
      return problemsOf(asDict(asDict(entry)['spec'])).map((problem) => diagnose('claim-incomplete', { object: formatRef(ref), problem: `spec.volumeClaimTemplates[${name}].spec.${problem}` }, at));
    });
  });
}

function problemsOf(spec: Dict): string[] {
  const problems: string[] = [];
  // Which words there are says the schema.
  if (asList(spec['accessModes']).length === 0) problems.push(`accessModes: got ${describeValue(spec['accessModes'])}, expected at least one of ${modes.join(', ')}`);
  const size = valueAt(spec, 'resources', 'requests', 'storage');
  if (!isSize(size)) problems.push(`resources.requests.storage: got ${describeValue(size)}, expected a size above 0 such as 1Gi`);
  return problems;
}

function isSize(value: unknown): boolean {
  return (parseQuantity(value) ?? 0) > 0;
}
