import { shownPath } from '../lib/shown-path.js';
import { activeExceptions, dateOf, type ResolvedPlatform } from '../model/index.js';
import type { Draft } from './draft.js';
import type { OwnComponent } from './own-components.js';
import { parametersObject, policyObjects } from './policy-objects.js';

/**
 * The component `policies`: what the cluster enforces of `spec.policies`, and the ConfigMap of its exceptions. That one lies
 * beside Mostik's state, where the people of the platform's namespaces cannot write their own exceptions.
 */
export function policyComponent(platform: ResolvedPlatform, drafts: readonly Draft[]): OwnComponent | undefined {
  const rules = platform.policies.rules.filter(({ policy }) => policy.spec.appliesTo !== 'platform');
  const namespaces = enforcedNamespaces(platform, drafts);
  if (rules.length === 0 || namespaces.length === 0) return undefined;
  const at = platform.locate(['policies']);
  const target = { platform: platform.name, namespaces, parameters: platform.state.namespace };
  const excepted = activeExceptions(platform.policies.exceptions, dateOf(new Date())).filter(({ rule }) => rules.some(({ id }) => id === rule));
  return {
    name: 'policies',
    at,
    objects: [
      { object: parametersObject(target, excepted), at },
      ...rules.flatMap(({ policy, action, file, own }) => {
        const place = own ? { file: shownPath(file), line: 1 } : at;
        return policyObjects(policy, { ...target, action }).map((object) => ({ object, at: place }));
      }),
    ],
    diagnostics: [],
  };
}

/**
 * The namespaces a platform's rules hold in: its components' and those its objects name. Kubernetes' own are left out, since
 * what keeps the cluster running there is not this platform's, and so is that of Mostik's state.
 */
export function enforcedNamespaces(platform: ResolvedPlatform, drafts: readonly Pick<Draft, 'object'>[]): string[] {
  const all = new Set([...platform.components.map(({ namespace }) => namespace), ...drafts.flatMap(({ object }) => object.metadata.namespace ?? [])]);
  return [...all].filter((name) => !name.startsWith('kube-') && name !== platform.state.namespace).sort();
}
