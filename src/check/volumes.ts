import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type ResolvedPlatform } from '../model/index.js';
import { fieldPath, placeOf } from './field.js';
import { containersOf, podsOf, type Pods } from '../model/pods.js';

/** Finds mounts of volumes that the pods do not have, and volumes that no container mounts. */
export function volumes(_platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  return podsOf(desired.objects).flatMap((pods) => {
    const declared = asList(pods.spec['volumes']).flatMap((entry) => asString(asDict(entry)['name']) ?? []);
    const all = new Set([...declared, ...claimTemplates(pods)]);
    const used = new Set<string>();
    const missing = containersOf(pods).flatMap(({ path, container }) =>
      ['volumeMounts', 'volumeDevices'].flatMap((field) =>
        asList(container[field]).flatMap((entry, i) => {
          const name = asString(asDict(entry)['name']) ?? '';
          used.add(name);
          if (all.has(name) || name === '') return [];
          const near = didYouMean(name, all);
          const where = `${pods.path}.${path}.${field}[${name}]`;
          const hint = near === undefined ? '' : `did you mean ${near}?`;
          return [diagnose('volume-missing', { object: formatRef(pods.of.ref), path: where, name, hint }, placeOf(pods.of, [...fieldPath(pods.of.object, `${pods.path}.${path}.${field}`), i]))];
        }),
      ),
    );
    const unused = declared.filter((name) => !used.has(name) && !isImplicit(pods, name));
    return [
      ...missing,
      ...unused.map((name) => diagnose('volume-unused', { object: formatRef(pods.of.ref), path: `${pods.path}.volumes[${name}]` }, placeOf(pods.of, fieldPath(pods.of.object, `${pods.path}.volumes[${name}]`)))),
    ];
  });
}

function claimTemplates({ of }: Pods): string[] {
  return asList(valueAt(of.object, 'spec', 'volumeClaimTemplates')).flatMap((entry) => asString(valueAt(entry, 'metadata', 'name')) ?? []);
}

/** A misspelt mount leaves its volume unused too, which is one mistake; ConfigMaps are read by variables from files as well. */
function isImplicit(pods: Pods, name: string): boolean {
  const mounts = containersOf(pods).flatMap(({ container }) => asList(container['volumeMounts']).flatMap((entry) => asString(asDict(entry)['name']) ?? []));
  const files = containersOf(pods).flatMap(({ container }) => asList(container['env']).flatMap((entry) => asString(valueAt(entry, 'valueFrom', 'fileKeyRef', 'volumeName')) ?? []));
  return files.includes(name) || mounts.some((mount) => mount !== name && didYouMean(mount, [name]) !== undefined);
}
