import { asDict, asList, asString, type Dict } from '../lib/read-unknown.js';
import { groupOf } from '../model/index.js';

/** A kind that the cluster serves in one version. */
export interface Resource {
  group: string;
  version: string;
  apiVersion: string;
  kind: string;
  /** Plural, as in URLs. */
  resource: string;
  namespaced: boolean;
  verbs: string[];
  subresources: string[];
}

/** What a cluster serves, in the server's order: preferred versions first within a group. */
export interface Discovery {
  readonly resources: readonly Resource[];
  find(apiVersion: string, kind: string): Resource | undefined;
  /** The version that the server prefers for a kind of a group. */
  preferred(group: string, kind: string): Resource | undefined;
}

/** Fetches one document of the API server as JSON; undefined when it answers 404. */
export type FetchJson = (path: string, accept?: string) => Promise<Dict | undefined>;

const aggregated = ['v2', 'v2beta1'].map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`).concat('application/json').join(',');

/** Asks what the cluster serves: two requests, or one per group version on servers without aggregated discovery. */
export async function discover(fetch: FetchJson): Promise<Discovery> {
  const [core, groups] = await Promise.all([fetch('/api', aggregated), fetch('/apis', aggregated)]);
  const [ofCore, ofGroups] = await Promise.all([
    core?.['kind'] === 'APIGroupDiscoveryList' ? readAggregated(core) : legacyCore(fetch),
    groups?.['kind'] === 'APIGroupDiscoveryList' ? readAggregated(groups) : legacyGroups(fetch, groups ?? {}),
  ]);
  return discoveryOf([...ofCore, ...ofGroups]);
}

/** Makes the look-ups over a list of resources. */
export function discoveryOf(resources: readonly Resource[]): Discovery {
  const byKind = new Map<string, Resource>();
  const preferred = new Map<string, Resource>();
  for (const resource of resources) {
    byKind.set(`${resource.apiVersion}/${resource.kind}`, resource);
    const key = `${resource.group}/${resource.kind}`;
    if (!preferred.has(key)) preferred.set(key, resource);
  }
  return { resources, find: (apiVersion, kind) => byKind.get(`${apiVersion}/${kind}`), preferred: (group, kind) => preferred.get(`${group}/${kind}`) };
}

function readAggregated(list: Dict): Resource[] {
  const found: Resource[] = [];
  for (const group of asList(list['items']).map(asDict)) {
    const name = asString(asDict(group['metadata'])['name']) ?? '';
    for (const version of asList(group['versions']).map(asDict)) {
      // An aggregated API whose server is gone is listed with what it last served; asking it would fail.
      if (version['freshness'] === 'Stale') continue;
      const at = { group: name, version: asString(version['version']) ?? '' };
      for (const entry of asList(version['resources']).map(asDict)) {
        const resource = aggregatedResource(at, entry);
        if (resource) found.push(resource);
      }
    }
  }
  return found;
}

function aggregatedResource(at: { group: string; version: string }, entry: Dict): Resource | undefined {
  const served = asDict(entry['responseKind']);
  const kind = asString(served['kind']);
  const resource = asString(entry['resource']);
  if (!kind || !resource) return undefined;
  return {
    ...at,
    apiVersion: apiVersionOf(at),
    kind,
    resource,
    namespaced: entry['scope'] === 'Namespaced',
    verbs: asList(entry['verbs']).map(String),
    subresources: asList(entry['subresources']).map((sub) => asString(asDict(sub)['subresource']) ?? ''),
  };
}

async function legacyCore(fetch: FetchJson): Promise<Resource[]> {
  return readLegacy({ group: '', version: 'v1' }, await fetch('/api/v1'));
}

async function legacyGroups(fetch: FetchJson, groups: Dict): Promise<Resource[]> {
  const found = asList(groups['groups']).map(async (entry) => {
    const group = asDict(entry);
    const preferred = asString(asDict(group['preferredVersion'])['version']);
    const versions = asList(group['versions']).map((version) => asString(asDict(version)['version']) ?? '');
    const ordered = [...versions].sort((a, b) => Number(b === preferred) - Number(a === preferred));
    const name = asString(group['name']) ?? '';
    return Promise.all(ordered.map((version) => resourcesOf(fetch, { group: name, version })));
  });
  return (await Promise.all(found)).flat(2);
}

/** Asks for one group version alone: the freshest answer there is, just after a CustomResourceDefinition came. */
export async function resourcesOf(fetch: FetchJson, at: { group: string; version: string }): Promise<Resource[]> {
  // A group whose server is down must not hide the others.
  const list = await fetch(at.group === '' ? `/api/${at.version}` : `/apis/${at.group}/${at.version}`).catch(() => undefined);
  return readLegacy(at, list);
}

function readLegacy(at: { group: string; version: string }, list: Dict | undefined): Resource[] {
  const entries = asList(list?.['resources']).map(asDict);
  const found = new Map<string, Resource>();
  for (const entry of entries) {
    const [name = '', sub] = (asString(entry['name']) ?? '').split('/');
    if (sub !== undefined) found.get(name)?.subresources.push(sub);
    else {
      const kind = asString(entry['kind']) ?? '';
      const verbs = asList(entry['verbs']).map(String);
      found.set(name, { ...at, apiVersion: apiVersionOf(at), kind, resource: name, namespaced: entry['namespaced'] === true, verbs, subresources: [] });
    }
  }
  return [...found.values()];
}

function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Group and version of an apiVersion. */
export function groupVersionOf(apiVersion: string): { group: string; version: string } {
  return { group: groupOf(apiVersion), version: apiVersion.slice(apiVersion.indexOf('/') + 1) };
}

/** Where a kind's objects live: `/apis/apps/v1/namespaces/NS/deployments/NAME`. */
export function pathOf(resource: Resource, at: { namespace?: string | undefined; name?: string; subresource?: string | undefined }): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const space = resource.namespaced && at.namespace !== undefined && at.namespace !== '' ? `/namespaces/${encodeURIComponent(at.namespace)}` : '';
  const name = at.name !== undefined ? `/${encodeURIComponent(at.name)}` : '';
  return `${root}${space}/${resource.resource}${name}${at.subresource !== undefined ? `/${at.subresource}` : ''}`;
}
