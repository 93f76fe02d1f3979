import { placeOf, fieldText } from '../check/field.js';
import { isDict } from '../lib/read-unknown.js';
import { shownPath } from '../lib/shown-path.js';
import { labels, maskValue, secretsIn, standIns, type Desired, type FieldPath, type RenderedObject, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { traceChart } from './explain-chart.js';
import { traceWorkload } from './explain-workload.js';
import { requireField, requireObject } from './explain-object.js';
import type { ExplainOptions, FieldExplanation } from './field-origin.js';
import { templateLine } from './template-line.js';

/** Says which file, line and layer set a field: found by changing one value at a time and looking whether the field follows. */
export async function explainField(platform: ResolvedPlatform, desired: Desired, { object, field, ...options }: { object: string; field: string } & ExplainOptions): Promise<FieldExplanation> {
  const rendered = requireObject(desired.objects, object);
  const found = requireField(rendered.object, field, object);
  const shown = fieldText(rendered.object, found.path);
  const component = platform.components.find(({ name }) => name === rendered.component);
  const table = standIns(platform);
  const base: FieldExplanation = { object: rendered.ref, component: rendered.component, field: shown, value: maskValue(found.value, table), secrets: secretsIn(found.value, table), source: 'mostik', by: [], presence: [], notes: [] };
  const own = ownField(rendered, found.path, { platform, component });
  if (own || !component) return { ...base, ...(own ?? { written: rendered.at, notes: [`Mostik makes this object for component ${rendered.component}`] }) };
  const trace = { platform, component, rendered, path: found.path, field: shown, value: found.value, table, cwd: process.cwd(), options };
  switch (component.source.kind) {
    case 'workload':
      return { ...base, source: 'workload', ...traceWorkload(trace) };
    case 'model':
    case 'model-server':
      return { ...base, source: 'workload', notes: [`Mostik makes this object from ${component.source.kind === 'model' ? 'model' : 'modelServer'} of component ${component.name}`] };
    case 'manifests':
      return { ...base, source: 'manifests', written: placeOf(rendered, found.path), by: [] };
    case 'kustomization':
      return { ...base, source: 'kustomization', written: placeOf(rendered, found.path), notes: [`patches and generators of ${shownPath(component.source.path, trace.cwd)} may have set it`] };
    case 'chart':
      return { ...base, source: 'chart', written: templateLine(rendered, found.path, shownPath(component.source.path, trace.cwd)), ...(await traceChart(trace)) };
  }
}

/** What Mostik itself puts on every object. */
function ownField({ object }: RenderedObject, path: FieldPath, { platform, component }: { platform: ResolvedPlatform; component: ResolvedComponent | undefined }): Partial<FieldExplanation> | undefined {
  const [top, part, key] = path;
  if (top !== 'metadata' || part !== 'labels' || path.length !== 3) return undefined;
  const own: Record<string, string> = { [labels.managedBy]: 'says that Mostik looks after the object', [labels.platform]: `the platform's name, ${platform.name}`, [labels.component]: `the component's name, ${component?.name ?? ''}` };
  if (typeof key !== 'string' || !Object.hasOwn(own, key) || !isDict(object.metadata.labels)) return undefined;
  return { source: 'mostik', notes: [`Mostik puts this label on every object: ${own[key]}`] };
}
