import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { canonicalJson, digest } from '../lib/canonical-json.js';
import { modelRuntimes, type KubeObject, type ModelServerSource, type ResolvedComponent, type ResolvedModel, type ResolvedPlatform } from '../model/index.js';
import type { Draft } from './draft.js';
import { modelServerObjects } from './model-server.js';
import { labelsOf } from './model-labels.js';
import { meshObjects } from './model-mesh.js';

/** A model with the object that carries its file: its name follows from the content, so that no change goes unseen. */
export interface CarriedModel {
  component: ResolvedComponent;
  model: ResolvedModel;
  /** Name of the ConfigMap. */
  carrier: string;
  /** Name of the file in it. */
  file: string;
  digest: string;
  content: Buffer;
}

/** A model server as a platform declares it. */
export interface DeclaredServer {
  component: ResolvedComponent;
  server: ModelServerSource;
}

/** The objects of a model server, or of a model; none for other components. */
export async function modelDrafts(platform: ResolvedPlatform, component: ResolvedComponent): Promise<Draft[]> {
  const { source } = component;
  if (source.kind === 'model-server') {
    const models = await Promise.all(modelsOf(platform, component.name).map(carried));
    return modelServerObjects({ platform, component, server: source.server, models }).map((object) => ({ component, object, at: component.locate(['modelServer']), keep: false }));
  }
  if (source.kind !== 'model') return [];
  const declared = serverOf(platform, source.model);
  const model = await carried(component);
  const carrier = carrierOf(model, declared);
  const at = component.locate(['model']);
  if (declared.server.kind === 'mlserver') return [{ component, object: carrier, at, keep: false }];
  return meshObjects(model, declared, carrier).map(({ object, hook }) => ({ component, object, at, keep: false, ...(hook ? { hook } : {}) }));
}

function modelsOf({ components }: ResolvedPlatform, server: string): ResolvedComponent[] {
  const models = components.filter(({ source }) => source.kind === 'model' && source.model.server === server);
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function serverOf({ components }: ResolvedPlatform, model: ResolvedModel): DeclaredServer {
  const component = components.find(({ name }) => name === model.server);
  if (component?.source.kind !== 'model-server') throw new Error(`component ${model.server} is no model server`);
  return { component, server: component.source.server };
}

async function carried(component: ResolvedComponent): Promise<CarriedModel> {
  if (component.source.kind !== 'model') throw new Error(`component ${component.name} is no model`);
  const { model } = component.source;
  const content = await readFile(model.file);
  const hash = digest(`${canonicalJson(settingsOf(model))}${digest(content)}`).slice(0, 10);
  return { component, model, carrier: `model-${model.name}-${model.version}-${hash}`, file: basename(model.file), digest: hash, content };
}

function settingsOf({ name, version, runtime, file }: ResolvedModel): object {
  return { name, implementation: modelRuntimes[runtime].implementation, parameters: { uri: `./${basename(file)}`, version } };
}

/** Immutable: pods that run keep the version they started with until new ones are ready. */
function carrierOf({ model, carrier, file, content }: CarriedModel, { component }: DeclaredServer): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: carrier, namespace: component.namespace, labels: labelsOf(model) },
    immutable: true,
    data: { 'model-settings.json': `${JSON.stringify(settingsOf(model), null, 2)}\n` },
    binaryData: { [file]: content.toString('base64') },
  };
}
