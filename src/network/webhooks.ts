import { asDict, asList, asNumber, asString, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { groupOf, type RenderedObject } from '../model/index.js';
import type { Endpoint } from './endpoint.js';
import type { PlatformEndpoints } from './platform.js';
import { isEmpty, type PortSet } from './port-set.js';
import { servedPorts } from './services.js';

/** The ports on which the API server calls the pods of a component: those its webhooks, conversions and APIServices name, else all of its Services. */
export function webhookPorts(component: string, { objects, services }: PlatformEndpoints): Map<Endpoint, PortSet> {
  const own = services.filter((service) => service.component === component);
  const called = objects.flatMap(calledServices);
  const targets = [...new Set(own.flatMap((service) => service.targets))];
  const named = own.some((service) => called.some((call) => call.name === service.name && call.namespace === service.namespace));
  const ports = targets.map((target): [Endpoint, PortSet] => [
    target,
    servedPorts(own, target, (port, service) => !named || called.some((call) => call.name === service.name && call.namespace === service.namespace && call.port === port.port)),
  ]);
  return new Map(ports.filter(([, set]) => !isEmpty(set)));
}

interface Call {
  name: string;
  namespace: string;
  port: number;
}

/** The Services that the API server calls because of an object. */
function calledServices({ object }: RenderedObject): Call[] {
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case 'admissionregistration.k8s.io/ValidatingWebhookConfiguration':
    case 'admissionregistration.k8s.io/MutatingWebhookConfiguration':
      return asList(object['webhooks']).flatMap((hook) => callOf(valueAt(hook, 'clientConfig', 'service')));
    case 'apiextensions.k8s.io/CustomResourceDefinition':
      return callOf(valueAt(object, 'spec', 'conversion', 'webhook', 'clientConfig', 'service'));
    case 'apiregistration.k8s.io/APIService':
      return callOf(valueAt(object, 'spec', 'service'));
    default:
      return [];
  }
}

function callOf(service: unknown): Call[] {
  if (!isDict(service)) return [];
  const { name, namespace, port }: Dict = asDict(service);
  return [{ name: asString(name) ?? '', namespace: asString(namespace) ?? '', port: asNumber(port) ?? 443 }];
}
