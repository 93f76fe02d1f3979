import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { oneOf } from '../lib/describe-value.js';
import { formatRef, groupOf, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { providesApi } from './provided.js';
import { isBuiltInGroup, past, type PastApi } from './past-apis.js';
import { minorOf } from './schemas/shipped.js';
import type { KnownKind, Validators } from './schemas/validators.js';

interface Asked {
  platform: ResolvedPlatform;
  known: Validators;
}

/** What is wrong with an object's apiVersion and kind: gone, going, switched off, or never heard of. */
export function versionFinding(of: RenderedObject, found: KnownKind, { platform, known }: Asked): Diagnostic | undefined {
  const { apiVersion, kind } = of.ref;
  const object = formatRef(of.ref);
  const gone = past[`${apiVersion}/${kind}`];
  if (gone) return pastFinding(of, gone, platform.kubernetes);
  if (found.kind === 'schema') {
    if (found.deprecated !== undefined) return diagnose('api-deprecated', { object, apiVersion, what: 'is deprecated', hint: found.deprecated === true ? '' : found.deprecated }, of.at);
    const isOff = found.from === 'kubernetes' && /\/v\d+(alpha|beta)\d+$/.test(apiVersion) && !providesApi(platform, of.ref);
    return isOff ? diagnose('api-off', { object, apiVersion, kind, kubernetes: platform.kubernetes, near: otherVersions(of, known, 'there is ') }, of.at) : undefined;
  }
  if (found.kind === 'other-version') {
    const diagnostic = diagnose('api-unknown', { object, apiVersion, kind, who: found.source, near: `it has ${oneOf(found.versions, 'and')}` }, of.at);
    return found.from === 'operator' ? { ...diagnostic, severity: 'warning' } : diagnostic;
  }
  if (!isBuiltInGroup(groupOf(apiVersion)) || providesApi(platform, of.ref)) return undefined;
  return diagnose('api-unknown', { object, apiVersion, kind, who: `Kubernetes ${known.version}`, near: otherVersions(of, known, 'did you mean ') || nearKind(of, known) }, of.at);
}

function pastFinding(of: RenderedObject, { removed, use, since }: PastApi, kubernetes: string): Diagnostic {
  const { apiVersion } = of.ref;
  const object = formatRef(of.ref);
  const hint = since === undefined ? use : `use ${use} (since Kubernetes 1.${since})`;
  if (removed === undefined) return diagnose('api-deprecated', { object, apiVersion, what: 'is deprecated', hint }, of.at);
  if (minorOf(kubernetes) >= removed) return diagnose('api-removed', { object, apiVersion, kind: of.ref.kind, removed: `1.${removed}`, hint }, of.at);
  return diagnose('api-deprecated', { object, apiVersion, what: `goes away in Kubernetes 1.${removed}`, hint }, of.at);
}

/** The other group or version that has this kind. */
function otherVersions({ ref }: RenderedObject, { kubernetes }: Validators, words: string): string {
  const stable = Object.keys(kubernetes.kinds).filter((id) => id.endsWith(`/${ref.kind}`) && !/\/v\d+(alpha|beta)\d+\//.test(id));
  return stable.length > 0 ? `${words}${oneOf(stable.map((id) => id.slice(0, -ref.kind.length - 1)))}${words.startsWith('did') ? '?' : ''}` : '';
}

function nearKind({ ref }: RenderedObject, { kubernetes }: Validators): string {
  const ids = Object.keys(kubernetes.kinds).filter((id) => !/\/v\d+(alpha|beta)\d+\//.test(id));
  const kindOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
  const own = ids.filter((id) => id.slice(0, id.lastIndexOf('/')) === ref.apiVersion);
  const near = didYouMean(ref.kind, own.map(kindOf)) ?? didYouMean(ref.kind, ids.map(kindOf));
  const id = [...own, ...ids].find((each) => kindOf(each) === near);
  return id === undefined ? '' : `did you mean ${kindOf(id)} (${id.slice(0, id.lastIndexOf('/'))})?`;
}
