import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { FieldPath, K3dSpec, Locate } from '../model/index.js';

/** Node filters of ports and volumes that name a node which k3d would not make. */
export function checkK3d(spec: K3dSpec | undefined, locate: Locate): Diagnostic[] {
  if (!spec) return [];
  const listed = (['ports', 'volumes'] as const).flatMap((list) => spec[list].flatMap(({ nodeFilters }, i) => nodeFilters.map((filter, j) => ({ filter, path: ['cluster', 'k3d', list, i, 'nodeFilters', j] satisfies FieldPath }))));
  return listed.flatMap(({ filter, path }) => {
    const [, role = '', numbers = ''] = /^(server|agent)s?:([\d,-]+)/.exec(filter) ?? [];
    const count = role === 'server' ? spec.servers : spec.agents;
    const beyond = role !== '' && numbers.split(/[,-]/).some((number) => number !== '' && Number(number) >= count);
    if (!beyond) return [];
    const last = count === 0 ? `no ${role} at all` : `${role}:0 to ${role}:${count - 1}`;
    return diagnose('bad-value', { where: `spec.${path.slice(0, 3).join('.')}[${path[3]}].nodeFilters`, expected: 'nodes that the cluster has', got: JSON.stringify(filter), hint: `it has ${last}` }, locate(path, 'value'));
  });
}
