import type { Diagnostic } from '../diagnostics/index.js';
import { formatRef, type Desired, type KubeObject } from '../model/index.js';
import { fieldPath, fieldText } from './field.js';

/**
 * Of several errors at one field of one object the first is told: a schema, a check of ours and the API server's own code may
 * see one mistake. What the server's code says comes last, and says nothing new where an object cannot even be read.
 */
export function onePerField(found: readonly Diagnostic[], { objects }: Desired): Diagnostic[] {
  const byName = new Map(objects.map(({ ref, object }) => [formatRef(ref), object]));
  const told = new Map<string, string[]>();
  return found.filter(({ code, message }) => {
    const fields = fieldsOf[code];
    const at = fields && placeIn(message, byName);
    if (!at) return true;
    const before = told.get(at.name) ?? [];
    const isTold = before.some((field) => field === at.field || (code === 'object-refused' && isInside(at.field, field)));
    if (isTold || (code === 'object-refused' && before.length > 0 && isUnreadable(message))) return false;
    told.set(at.name, [...before, ...fields(at.field)]);
    return true;
  });
}

function isInside(field: string, outer: string): boolean {
  return field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`);
}

/** The fields that a finding speaks of, as the server's code names them. */
const fieldsOf: Readonly<Record<string, (field: string) => string[]>> = {
  'field-unknown': (field) => [field],
  'field-missing': (field) => [field],
  'field-invalid': (field) => [field],
  // The server's code leaves `requests` out.
  'claim-incomplete': (field) => [field, field.replace('.requests.storage', '.storage')],
  'volume-missing': (field) => [field],
  'autoscaler-bounds': () => ['spec.maxReplicas', 'spec.minReplicas'],
  'selector-other-labels': () => ['spec.template.metadata.labels', 'spec.selector'],
  'object-refused': (field) => [field],
};

/** The object and field that a message begins with; list entries by name where they have one. */
function placeIn(message: string, byName: ReadonlyMap<string, KubeObject>): { name: string; object: KubeObject; field: string } | undefined {
  const [, name = '', written = ''] = /^(\S+): (?:([A-Za-z][\w-]*(?:[.[][^:]*)?):? )?/.exec(message) ?? [];
  const object = byName.get(name);
  return object ? { name, object, field: fieldText(object, fieldPath(object, written)) } : undefined;
}

/** What the server says when it cannot decode the object at all; the schema has said why, with the place. */
function isUnreadable(message: string): boolean {
  return /cannot unmarshal|no kind "|quantities must match/.test(message);
}
