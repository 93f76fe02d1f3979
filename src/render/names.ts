import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { asStrings } from '../lib/read-unknown.js';
import { groupOf, type KubeObject } from '../model/index.js';
import { nameOf, type Draft } from './draft.js';
import { metadatas } from './object-shape.js';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Kinds whose names are held tighter than others: they become host names, or get more put behind them. */
const rules: Readonly<Record<string, { dots?: false; longest: number }>> = {
  '/Namespace': { dots: false, longest: 63 },
  '/Service': { dots: false, longest: 63 },
  'apps/StatefulSet': { dots: false, longest: 63 },
  'batch/CronJob': { longest: 52 },
  'batch/Job': { longest: 63 },
};

/** Checks names and labels as the API server does, so that a long platform does not stop half-way at a bad one. */
export function checkNames(drafts: readonly Draft[]): Diagnostic[] {
  return drafts.flatMap(({ object, at }) => {
    const problem = nameProblem(object);
    const names = problem ? [diagnose('object-name', { object: nameOf(object), problem }, at)] : [];
    return [...names, ...labelProblems(object).map((problem) => diagnose('object-label', { object: nameOf(object), problem }, at))];
  });
}

function nameProblem(object: KubeObject): string | undefined {
  const { name, namespace } = object.metadata;
  if (namespace !== undefined && (namespace.length > 63 || !label.test(namespace))) {
    return `metadata.namespace: got ${JSON.stringify(namespace)}, expected lower-case letters, digits and dashes, at most 63`;
  }
  const group = groupOf(object.apiVersion);
  if (group === 'rbac.authorization.k8s.io') {
    return /[/%]/.test(name) || name === '.' || name === '..' ? `metadata.name: got ${JSON.stringify(name)}, expected a name without "/" and "%"` : undefined;
  }
  // An IPAddress is named by the address.
  if (group === 'networking.k8s.io' && object.kind === 'IPAddress') return undefined;
  const rule = rules[`${group}/${object.kind}`];
  const longest = rule?.longest ?? 253;
  const expected = rule?.dots === false ? 'lower-case letters, digits and dashes' : 'lower-case letters, digits, dashes and dots';
  const good = name.length <= longest && (rule?.dots === false ? label : subdomain).test(name);
  return good ? undefined : `metadata.name: got ${JSON.stringify(name)}, expected ${expected}, at most ${longest}`;
}

function labelProblems(object: KubeObject): string[] {
  return metadatas(object).flatMap(({ path, metadata }) => {
    const labels = asStrings((metadata as { labels?: unknown } | undefined)?.labels);
    return Object.entries(labels).flatMap(([key, value]) => {
      const problems: string[] = [];
      if (!isLabelKey(key)) problems.push(`${path}.labels: got key ${JSON.stringify(key)}, expected NAME or DOMAIN/NAME of letters, digits, "-", "_" and ".", NAME at most 63`);
      if (value.length > 63 || (value !== '' && !labelName.test(value))) {
        problems.push(`${path}.labels[${key}]: got ${JSON.stringify(value)}, expected letters, digits, "-", "_" and ".", a letter or digit first and last, at most 63`);
      }
      return problems;
    });
  });
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  return name.length <= 63 && labelName.test(name) && (prefix === undefined || (prefix.length <= 253 && subdomain.test(prefix)));
}
