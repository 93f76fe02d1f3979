import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { formatPath, modelRuntimes, type ModelSource } from '../model/index.js';
import { divideTraffic } from './model-traffic.js';
import { findPath, type Ground } from './paths.js';
import type { Declared, FoundSource } from './source.js';

/** A ConfigMap holds 1 MiB, of which base64 takes a quarter, and the rest of the object a little. */
const mostKibibytes = 750;

/** A component of the platform, and which components come before it. */
interface Link {
  declared: Declared;
  after: string[];
}

/** The server of each model and its share of the requests, by component. */
export interface LinkedModels {
  served: Map<string, { server: string; traffic?: number }>;
  problems: Diagnostic[];
}

/**
 * Finds the server that answers for each model, and puts both in order: pods of MLServer start with their models in place,
 * ModelMesh is there before it is told of one.
 */
export function linkModels(linked: ReadonlyMap<string, Link>): LinkedModels {
  const found: LinkedModels = { served: new Map(), problems: [] };
  const servers = [...linked.values()].filter(({ declared }) => declared.component.modelServer !== undefined);
  const models = new Map<string, { server: Declared; versions: Declared[] }>();
  for (const { declared, after } of linked.values()) {
    const { name, component } = declared;
    if (component.model === undefined) continue;
    const server = serverOf(declared, component.model, { servers, found });
    if (!server) continue;
    found.served.set(name, { server: server.declared.name });
    if (server.declared.component.modelServer?.kind === 'modelmesh') after.push(server.declared.name);
    else server.after.push(name);
    const served = `${server.declared.name}/${component.model.name ?? name}`;
    const model = models.get(served) ?? { server: server.declared, versions: [] };
    models.set(served, { ...model, versions: [...model.versions, declared] });
  }
  for (const { server, versions } of models.values()) {
    const { shares, problems } = divideTraffic(server, versions);
    found.problems.push(...problems);
    for (const [name, traffic] of shares) found.served.set(name, { server: server.name, traffic });
  }
  for (const { declared } of servers) found.problems.push(...checkStore(declared));
  return found;
}

function serverOf(declared: Declared, model: ModelSource, { servers, found }: { servers: readonly Link[]; found: LinkedModels }): Link | undefined {
  const names = servers.map((each) => each.declared.name);
  const problem = (...told: Parameters<typeof diagnose>): undefined => {
    found.problems.push(diagnose(...told));
  };
  if (model.server !== undefined) {
    const named = servers.find((each) => each.declared.name === model.server);
    if (named) return named;
    const near = didYouMean(model.server, names);
    const hint = near ? `did you mean ${near}?` : names.length > 0 ? `model servers are ${oneOf(names, 'and')}` : 'declare one: a component with `modelServer: {}`';
    return problem('model-server-unknown', { where: formatPath(['spec', 'components', declared.name, 'model', 'server']), name: model.server, hint }, declared.locate(['model', 'server'], 'value'));
  }
  if (servers.length === 1) return servers[0];
  if (servers.length === 0) return problem('model-server-missing', { component: declared.name }, declared.locate(['model']));
  return problem('model-server-unclear', { component: declared.name, servers: oneOf(names, 'and') }, declared.locate(['model']));
}

function checkStore({ name, component, locate }: Declared): Diagnostic[] {
  const { modelServer } = component;
  return modelServer?.kind === 'modelmesh' && !modelServer.store ? [diagnose('model-store-missing', { component: name }, locate(['modelServer']))] : [];
}

/** Finds the file of a model, and whether its runtime reads such files. */
export function findModel(model: ModelSource, { name, locate, server = '', traffic }: Declared, ground: Ground): FoundSource {
  const at = locate(['model', 'file'], 'value');
  const where = formatPath(['spec', 'components', name, 'model', 'file']);
  const found = findPath({ path: model.file, where, at, remoteHint: 'download it into the platform, and name that file' }, ground);
  if ('diagnostic' in found) return { inputs: [], problems: [found.diagnostic] };
  if (found.folder) return { inputs: [], problems: [diagnose('file-unreadable', { what: where, path: model.file, problem: 'it is a folder', hint: 'name the model\'s file' }, at)] };
  const { endings } = modelRuntimes[model.runtime];
  const problems: Diagnostic[] = [];
  if (!endings.some((ending) => model.file.endsWith(ending))) {
    problems.push(diagnose('model-file-kind', { where, path: basename(model.file), runtime: model.runtime, expected: oneOf([...endings]) }, at));
  }
  const kibibytes = Math.ceil(statSync(found.path).size / 1024);
  if (kibibytes > mostKibibytes) problems.push(diagnose('model-file-large', { where, path: model.file, size: `${kibibytes} KiB`, most: `${mostKibibytes} KiB` }, at));
  const source = { kind: 'model' as const, model: { name: model.name ?? name, version: model.version, runtime: model.runtime, file: found.path, server, ...(traffic === undefined ? {} : { traffic }) } };
  return { source, inputs: [found.path], problems };
}
