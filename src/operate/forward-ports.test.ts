import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/index.js';
import { chosenPorts, localPortFor, portsOf, readWish, targetIn, urlOf } from './forward-ports.js';

const pod: KubeObject = {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'n', labels: { app: 'web' } },
  spec: { containers: [{ ports: [{ name: 'http', containerPort: 8080 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }] }, { ports: [{ containerPort: 9102 }] }] },
};
const service = (name: string, spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'n' }, spec: { selector: { app: 'web' }, ...spec } });

describe('an argument', () => {
  test.each([
    ['web', { word: 'web' }],
    ['web:80', { word: 'web', remote: '80' }],
    ['deployment/web:http', { word: 'deployment/web', remote: 'http' }],
    ['web:8080:80', { word: 'web', local: 8080, remote: '80' }],
    ['web::80', { word: 'web', local: 0, remote: '80' }],
  ])('%s', (text, wish) => {
    expect(readWish(text)).toEqual(wish);
  });
  test.each([':80', 'web:', 'web:1:2:3', 'web:0', 'web:65536', 'web:x:80', 'web:99999:80', 'web:UPPER'])('%s is refused', (text) => {
    expect(() => readWish(text)).toThrow('expected COMPONENT, COMPONENT:REMOTE or COMPONENT:LOCAL:REMOTE');
  });
});

describe('the ports of pods', () => {
  const ports = portsOf([pod], [
    service('web', { ports: [{ name: 'web', port: 80, targetPort: 'http' }, { port: 53, protocol: 'UDP' }] }),
    service('web-headless', { ports: [{ port: 8080 }] }),
    service('other', { selector: { app: 'other' }, ports: [{ port: 1 }] }),
    service('external', { selector: {}, ports: [{ port: 2 }] }),
  ]);
  test('are those of Services that select them, each target once, then those of containers', () => {
    expect(ports.map(({ number, target }) => `${number} ${target}`)).toEqual(['80 http', '9102 9102']);
    expect(targetIn(pod, 'http')).toBe(8080);
    expect(targetIn(pod, 'none')).toBeUndefined();
  });
  test('are chosen by the Service\'s number or name, the container\'s, or any number', () => {
    expect(chosenPorts({ word: 'web' }, ports).map(({ number }) => number)).toEqual([80]);
    for (const remote of ['80', 'web', 'http']) expect(chosenPorts({ word: 'web', remote }, ports)[0]?.target).toBe('http');
    expect(chosenPorts({ word: 'web', remote: '7000' }, ports)[0]).toMatchObject({ number: 7000, target: 7000 });
    expect(chosenPorts({ word: 'web' }, ports.slice(1)).map(({ number }) => number)).toEqual([9102]);
    // forward-port-unknown
    expect(() => chosenPorts({ word: 'web', remote: 'grpc' }, ports)).toThrow('web: it has no port grpc; it has 80 (web), 9102');
    expect(() => chosenPorts({ word: 'web' }, [])).toThrow('web: it has no port that is declared; it has none');
  });
});

test('local ports are those of the component, or above the ones of the system', () => {
  expect([80, 443, 5432, 1024].map(localPortFor)).toEqual([8080, 8443, 5432, 1024]);
});

test('a URL where a port speaks HTTP, an address elsewhere', () => {
  const url = (port: { number: number; name?: string; protocol?: string }): string => urlOf({ target: port.number, ofService: true, ...port }, '127.0.0.1', 9);
  expect(url({ number: 80 })).toBe('http://127.0.0.1:9');
  expect(url({ number: 7000, name: 'http-api' })).toBe('http://127.0.0.1:9');
  expect(url({ number: 443 })).toBe('https://127.0.0.1:9');
  expect(url({ number: 5432, name: 'postgres' })).toBe('127.0.0.1:9');
  expect(urlOf({ number: 80, target: 80, ofService: true }, '::1', 9)).toBe('http://[::1]:9');
});
