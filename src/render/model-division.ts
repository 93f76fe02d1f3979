import { canonicalJson, digest } from '../lib/canonical-json.js';
import type { KubeObject } from '../model/index.js';
import type { CarriedModel } from './models.js';

/**
 * Folder beside the versions, and version, of what divides the requests. MLServer sends a request without a version to the
 * newest one; this one sorts behind every version that can be declared.
 */
export const divisionFolder = '~traffic';

/** A model with several versions, and the object that divides the requests between them. */
export interface DividedModel {
  name: string;
  carrier: KubeObject;
}

/**
 * A runtime of MLServer: it loads the versions that stand beside it once more, since MLServer does not show a model the
 * others, and hands each request to one of them. What they answer says which one it was.
 */
const code = `"""Hands each request for a model to one of its versions, by chance, in declared shares."""

import asyncio
import os
import random

from mlserver import MLModel
from mlserver.repository.load import load_model_settings


class Division(MLModel):
    async def load(self) -> bool:
        shares = self.settings.parameters.extra["shares"]
        folder = os.path.dirname(self.settings.parameters.uri)
        found = [load_model_settings(os.path.join(folder, share["version"], "model-settings.json")) for share in shares]
        self._versions = [settings.implementation(settings) for settings in found]
        self._traffic = [share["traffic"] for share in shares]
        return all(await asyncio.gather(*(version.load() for version in self._versions)))

    async def predict(self, payload):
        return await self._one().predict(payload)

    async def predict_stream(self, payloads):
        async for answer in self._one().predict_stream(payloads):
            yield answer

    async def metadata(self):
        answer = await self._versions[0].metadata()
        answer.versions = [version.version for version in self._versions]
        return answer

    async def unload(self) -> bool:
        return all(await asyncio.gather(*(version.unload() for version in self._versions)))

    def _one(self):
        return random.choices(self._versions, self._traffic)[0]
`;

/** Finds the models of a server that have several versions. Other shares give the object another name, so that pods follow. */
export function dividedModels(models: readonly CarriedModel[]): DividedModel[] {
  const names = new Set(models.filter(({ model }) => model.traffic !== undefined).map(({ model }) => model.name));
  return [...names].map((name) => {
    const shares = models.filter(({ model }) => model.name === name).map(({ model: { version, traffic } }) => ({ version, traffic }));
    const settings = { name, implementation: 'mostik_traffic.Division', parameters: { version: divisionFolder, extra: { shares } } };
    const hash = digest(`${canonicalJson(settings)}${digest(code)}`).slice(0, 10);
    const data = { 'model-settings.json': `${JSON.stringify(settings, null, 2)}\n`, 'mostik_traffic.py': code };
    return { name, carrier: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `model-${name}-traffic-${hash}` }, immutable: true, data } };
  });
}
