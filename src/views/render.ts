import { yamlText } from '../lib/write-yaml.js';
import type { RenderedObject } from '../model/index.js';

/** Objects as one Kubernetes List in JSON. */
export function renderJson(objects: readonly RenderedObject[]): string {
  return `${JSON.stringify(listOf(objects), undefined, 2)}
`;
}

/** Objects as one Kubernetes List in YAML. */
export function renderYaml(objects: readonly RenderedObject[]): string {
  return yamlText(listOf(objects));
}

function listOf(objects: readonly RenderedObject[]): object {
  return { apiVersion: 'v1', kind: 'List', items: objects.map(({ object }) => object) };
}
