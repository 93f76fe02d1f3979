import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, asList, asNumber, asString, asStrings } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';

/** What a user wants brought here: `COMPONENT[[:LOCAL]:REMOTE]`. */
export interface ForwardWish {
  word: string;
  /** 0 for any free port; undefined for one that resembles the remote one. */
  local?: number;
  /** Number or name of a port. */
  remote?: string;
}

/** A port of pods, as a Service or a container declares it. */
export interface PodPort {
  /** As a user names it: the Service's port, else the container's. */
  number: number;
  name?: string;
  /** The container's port, or its name, which each pod resolves by itself. */
  target: number | string;
  protocol?: string;
  ofService: boolean;
}

/** Reads one argument of `mostik forward`; a mistake is a Diagnostic. */
export function readWish(text: string): ForwardWish {
  const [word = '', ...ports] = text.split(':');
  const wrong = (): MostikError => new MostikError([diagnose('argument-invalid', { where: 'mostik forward', expected: 'COMPONENT, COMPONENT:REMOTE or COMPONENT:LOCAL:REMOTE with ports of 1 to 65535, or names of remote ones', value: JSON.stringify(text) })]);
  if (word === '' || ports.length > 2) throw wrong();
  const remote = ports.at(-1);
  if (remote === undefined) return { word };
  if (/^\d+$/.test(remote) ? !isPort(Number(remote)) : !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(remote)) throw wrong();
  if (ports.length === 1) return { word, remote };
  const local = ports[0] ?? '';
  if (!/^\d*$/.test(local) || (local !== '' && !isPort(Number(local)))) throw wrong();
  return { word, local: Number(local), remote };
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65535;
}

/** The TCP ports of pods: those of Services that select them first, then those that only containers declare. */
export function portsOf(pods: readonly KubeObject[], services: readonly KubeObject[]): PodPort[] {
  const ports = [...services.filter((service) => pods.some((pod) => selects(service, pod))).flatMap(servicePorts), ...pods.flatMap(containerPorts)];
  const seen = new Set<string>();
  return ports.filter((port) => {
    const target = String(pods.map((pod) => targetIn(pod, port.target)).find((number) => number !== undefined) ?? port.target);
    // A headless Service beside another one names the same port again.
    const isNew = !seen.has(target);
    seen.add(target);
    return isNew;
  });
}

function selects(service: KubeObject, pod: KubeObject): boolean {
  const wanted = Object.entries(asStrings(asDict(service['spec'])['selector']));
  return service.metadata.namespace === pod.metadata.namespace && wanted.length > 0 && wanted.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

function servicePorts(service: KubeObject): PodPort[] {
  return asList(asDict(service['spec'])['ports']).map(asDict).filter(isTcp).flatMap((port): PodPort[] => {
    const number = asNumber(port['port']);
    if (number === undefined) return [];
    const target = asNumber(port['targetPort']) ?? asString(port['targetPort']) ?? number;
    const [name, protocol] = [asString(port['name']), asString(port['appProtocol'])];
    return [{ number, target, ofService: true, ...(name !== undefined ? { name } : {}), ...(protocol !== undefined ? { protocol } : {}) }];
  });
}

function containerPorts(pod: KubeObject): PodPort[] {
  return declaredPorts(pod).map(({ number, name }) => ({ number, target: number, ofService: false, ...(name !== undefined ? { name } : {}) }));
}

function declaredPorts(pod: KubeObject): { number: number; name: string | undefined }[] {
  const containers = asList(asDict(pod['spec'])['containers']).map(asDict);
  return containers.flatMap(({ ports }) => asList(ports).map(asDict).filter(isTcp).flatMap((port) => {
    const number = asNumber(port['containerPort']);
    return number === undefined ? [] : [{ number, name: asString(port['name']) }];
  }));
}

function isTcp({ protocol }: Record<string, unknown>): boolean {
  return protocol === undefined || protocol === 'TCP';
}

/** The number of a target on one pod; undefined when none of its containers has a port of that name. */
export function targetIn(pod: KubeObject, target: number | string): number | undefined {
  return typeof target === 'number' ? target : declaredPorts(pod).find(({ name }) => name === target)?.number;
}

/** The ports that are meant: the one named, else those of Services, else those of containers. None is a Diagnostic. */
export function chosenPorts({ word, remote }: ForwardWish, ports: readonly PodPort[]): PodPort[] {
  const ofServices = ports.filter(({ ofService }) => ofService);
  const unknown = (): MostikError => {
    const known = ports.map(({ number, name }) => (name === undefined ? String(number) : `${number} (${name})`)).join(', ');
    return new MostikError([diagnose('forward-port-unknown', { subject: word, port: remote ?? 'that is declared', known: known === '' ? 'none' : known, example: `${word}:8080` })]);
  };
  if (remote === undefined) {
    if (ports.length === 0) throw unknown();
    return ofServices.length > 0 ? ofServices : [...ports];
  }
  const number = /^\d+$/.test(remote) ? Number(remote) : undefined;
  const found = ports.find((port) => port.number === number || port.name === remote) ?? ports.find(({ target }) => target === (number ?? remote));
  if (found) return [found];
  // A program may listen where nothing declares it.
  if (number !== undefined) return [{ number, target: number, ofService: false }];
  throw unknown();
}

/** The local port to try first: the same one, or 8080 for 80 and 8443 for 443, since the low ones belong to the system. */
export function localPortFor(number: number): number {
  return number >= 1024 ? number : 8000 + number;
}

/** How a person opens it: a URL where the port speaks HTTP as far as its declaration tells, else address and port. */
export function urlOf({ number, name = '', protocol = '' }: PodPort, host: string, local: number): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  const words = `${name} ${protocol}`.toLowerCase();
  if (/https|wss|tls/.test(words) || number === 443 || number === 8443) return `https://${shown}:${local}`;
  if (/http|web|\bui\b|console|dashboard|metrics/.test(words) || [80, 3000, 5000, 8000, 8008, 8080, 8888, 9090].includes(number)) return `http://${shown}:${local}`;
  return `${shown}:${local}`;
}
