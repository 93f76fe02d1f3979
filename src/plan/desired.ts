import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { restore, type Budget, type Desired, type Generation } from '../model/index.js';
import { readObjects, type State } from './state.js';

/** An older generation as what should be there: its objects with today's secret values, since a database does not go back with its password. */
export async function desiredFromGeneration(kube: Kube, generation: Generation, state: State): Promise<Desired> {
  const objects = await readObjects(kube, generation, state.namespace);
  return {
    name: generation.platform,
    source: generation.source,
    profiles: generation.profiles,
    kubernetes: generation.kubernetes,
    components: generation.components,
    objects: restoreAll(objects, state),
    secrets: state.secrets,
    ...(generation.budget ? { budget: generation.budget } : {}),
    diagnostics: [],
  };
}

/** Nothing at all: what destroy plans for. Of the budget only the word on claims holds, since everything else is meant to go. */
export function emptyDesired({ platform, source, kubernetes, budget }: Generation): Desired {
  const kept: Budget = budget?.deleteClaims === undefined ? {} : { deleteClaims: budget.deleteClaims };
  return { name: platform, source, profiles: [], kubernetes, components: [], objects: [], secrets: new Map(), budget: kept, diagnostics: [] };
}

function restoreAll<T>(objects: T, state: State): T {
  try {
    return restore(objects, state.secrets);
  } catch (error) {
    throw new MostikError([diagnose('state-damaged', { platform: state.platform, what: String(error instanceof Error ? error.message : error) })], { cause: error });
  }
}
