import type { Pods } from '../model/index.js';
import type { Endpoint } from '../network/index.js';

/**
 * Names for the policies of endpoints, as they read best in a list: `allow-web` for the workload of component web,
 * `allow-web-worker` for its workload worker. A second workload of the same name gets its kind behind it.
 */
export function policyNames(endpoints: readonly Endpoint[], podsOf: ReadonlyMap<Endpoint, Pods>): Map<Endpoint, string> {
  const taken = new Set<string>();
  const names = new Map<Endpoint, string>();
  for (const endpoint of endpoints) {
    const ref = podsOf.get(endpoint)?.of.ref;
    const plain = `allow-${endpoint.component === undefined ? endpoint.id.replace(/^.*\//, '') : part(endpoint.component, ref?.name ?? 'pods')}`;
    const choices = [plain, ...(ref ? [`${plain}-${ref.kind.toLowerCase()}`] : []), ...Array.from({ length: endpoints.length + 1 }, (_, i) => `${plain}-${i + 2}`)];
    const name = choices.find((each) => !taken.has(`${endpoint.namespace}/${each}`)) ?? plain;
    taken.add(`${endpoint.namespace}/${name}`);
    names.set(endpoint, name);
  }
  return names;
}

function part(component: string, workload: string): string {
  return workload === component || workload.startsWith(`${component}-`) ? workload : `${component}-${workload}`;
}
