import { refused, type Check } from './finding.js';
import { listAt, textAt, valueAt } from './read.js';

/** A node port is one for the whole cluster, so a Service of any namespace can hold it. */
export const checkNodePorts: Check = async (cluster, { nodePorts, namespace }) => {
  if (nodePorts.length === 0) return [];
  const services = listAt(await cluster.get('/api/v1/services'), 'items');
  return nodePorts.flatMap(({ service, port, setting }) =>
    services
      .filter((each) => listAt(each, 'spec', 'ports').some((taken) => valueAt(taken, 'nodePort') === port))
      .map((each) => `${textAt(each, 'metadata', 'namespace')}/${textAt(each, 'metadata', 'name')}`)
      .filter((holder) => holder !== `${namespace}/${service}`)
      .map((holder) => refused(`${setting}: node port ${port} is taken by Service ${holder}. Choose another, or leave it out to be given a free one.`)),
  );
};
