import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { shippedPolicies } from '../catalog/policies.js';
import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { shownPath } from '../lib/shown-path.js';
import { checkShape, yamlSource } from '../load/index.js';
import { formatPath, type Locate, type PlatformSpec, type PolicyRule, type ResolvedPolicies } from '../model/index.js';
import { Policy } from '../model/policy-schema.js';
import { filesBelow, findPath, textOf, type Ground } from './paths.js';

/** The first minor version of Kubernetes that has ValidatingAdmissionPolicy v1. */
const oldest = 30;

/** What `spec.policies` came to, and the policy files that were read. */
export interface FoundPolicies {
  policies: ResolvedPolicies;
  inputs: string[];
  problems: Diagnostic[];
}

type Named = Omit<PolicyRule, 'action'>;

/** Finds the rules that a platform enforces or warns of: by id, group, file or folder. */
export function resolvePolicies(spec: PlatformSpec, locate: Locate, ground: Ground): FoundPolicies {
  const found: FoundPolicies = { policies: { rules: [], exceptions: spec.policies.exceptions }, inputs: [], problems: [] };
  const { enforce, warn } = spec.policies;
  if (enforce.length + warn.length === 0) return found;
  if (Number(spec.kubernetes.slice('1.'.length)) < oldest) found.problems.push(diagnose('policies-too-old', { kubernetes: spec.kubernetes }, locate(['policies'])));
  const shipped = [...shippedPolicies()].map(([id, each]): Named => ({ id, ...each, own: false }));
  const rules = new Map<string, PolicyRule>();
  for (const action of ['enforce', 'warn'] as const) {
    spec.policies[action].forEach((name, index) => {
      const place = { where: formatPath(['spec', 'policies', action, index]), at: locate(['policies', action, index], 'value') };
      for (const named of rulesOf(name, { shipped, ground, place, found })) {
        const before = rules.get(named.id);
        if (!before) rules.set(named.id, { ...named, action });
        else if (before.file !== named.file) found.problems.push(diagnose('policy-twice', { where: place.where, id: named.id, file: shownPath(named.file), other: shownPath(before.file) }, place.at));
      }
    });
  }
  found.policies.rules.push(...rules.values());
  return found;
}

interface Naming {
  shipped: readonly Named[];
  ground: Ground;
  place: { where: string; at: Location };
  found: FoundPolicies;
}

function rulesOf(name: string, { shipped, ground, place, found }: Naming): Named[] {
  const known = shipped.filter(({ id, policy }) => id === name || policy.spec.groups.includes(name));
  if (known.length > 0) return known;
  if (!/[/.]/.test(name) && !existsSync(join(ground.dir, name))) {
    const names = new Set(shipped.flatMap(({ id, policy }) => [id, ...policy.spec.groups]));
    const near = didYouMean(name, names);
    const groups = [...new Set(shipped.flatMap(({ policy }) => policy.spec.groups))].sort();
    found.problems.push(diagnose('policy-unknown', { where: place.where, name, hint: near ? `did you mean ${near}?` : `the groups are ${groups.join(', ')}; a file is named by its path, such as policies/${name}.yaml` }, place.at));
    return [];
  }
  const at = findPath({ path: name, ...place, remoteHint: 'download it into the platform, and name that file' }, ground);
  if ('diagnostic' in at) {
    found.problems.push(at.diagnostic);
    return [];
  }
  const files = at.folder ? filesBelow(at.path, ground.root).files.filter((file) => /\.ya?ml$/.test(file)) : [at.path];
  if (files.length === 0) found.problems.push(diagnose('policy-unknown', { where: place.where, name, hint: 'this folder has no .yaml file' }, place.at));
  return files.flatMap((file) => ownRule(file, { shipped, ground, place, found }));
}

/** Reads one of the platform's own policy files, with every mistake in it. */
function ownRule(file: string, { shipped, place, found }: Naming): Named[] {
  const shown = shownPath(file);
  found.inputs.push(file);
  const text = textOf(file);
  if (text === undefined) {
    found.problems.push(diagnose('file-unreadable', { what: place.where, path: shown, problem: 'it is not an ordinary text of at most 2 MiB', hint: '' }, place.at));
    return [];
  }
  const { source, diagnostics } = yamlSource(text, file, shown);
  found.problems.push(...diagnostics);
  if (!source) return [];
  const shape = checkShape(Policy, source);
  found.problems.push(...shape.mistakes.map(({ diagnostic }) => diagnostic));
  if (!shape.value || shape.broken.length > 0) return [];
  const policy = shape.value;
  const { locate } = source;
  const id = policy.metadata.name;
  if (policy.spec.appliesTo === 'platform') {
    found.problems.push(diagnose('bad-value', { where: `${shown}: spec.appliesTo`, expected: 'pods, podsOf or resources', got: 'platform', hint: 'rules over the platform are built into Mostik' }, locate(['spec', 'appliesTo'], 'value')));
    return [];
  }
  const same = shipped.find((each) => each.id === id);
  if (same) {
    found.problems.push(diagnose('policy-twice', { where: place.where, id, file: shown, other: join('policies', basename(same.file)) }, locate(['metadata', 'name'], 'value')));
    return [];
  }
  return [{ id, policy, file, own: true }];
}
