import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { formatPorts, isEmpty, whyClosed, withoutPorts } from '../network/index.js';
import { firstPort, missingRules } from './network-edges.js';
import { isGuarded, networkOf } from './network.js';

/** Finds exposed components that the ingress controller does not reach. */
export function networkExpose(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  if (!isGuarded(platform, desired)) return [];
  const { declared, network } = networkOf(platform, desired);
  return declared.exposed.flatMap(({ component: { name, locate }, controllers, targets }) => {
    const closed = [...targets.keys()].filter((target) => network.selecting(target, 'ingress').length > 0);
    if (controllers.length === 0 && closed.length > 0) {
      return [diagnose('expose-closed', { component: name, problem: 'nothing says where the pods of the ingress controller run', hint: 'spec.cluster.provides: [ingress-nginx], or a map { name, namespace, pods, classes } of the controller' }, locate(['expose']))];
    }
    for (const from of controllers) {
      for (const [to, ports] of targets) {
        const missing = withoutPorts(ports, network.open(from, to).certain);
        if (isEmpty(missing)) continue;
        const at = firstPort(missing);
        const why = whyClosed(network.verdict(from, to, at), { from, to, ...at }).join('; ');
        const hint = `missing: ${missingRules(network, { from, to }, missing).join('; and ')}`;
        return [diagnose('expose-closed', { component: name, problem: `${from.id} does not reach ${to.id} on ${formatPorts(missing)}: ${why}`, hint }, locate(['expose']))];
      }
    }
    return [];
  });
}
