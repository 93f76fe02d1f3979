import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import type { KubeObject, ResolvedComponent, ResolvedPlatform } from '../model/index.js';
import type { Draft } from './draft.js';
import { networkComponent } from './network-component.js';
import { policyComponent } from './policy-component.js';

/** Objects that Mostik itself makes for a platform, as a component that is applied before all others. */
export interface OwnComponent {
  name: string;
  /** Where the platform asks for it. */
  at: Location;
  objects: { object: KubeObject; at: Location }[];
  /** The other components' drafts, where they had to change. */
  drafts?: Draft[];
  diagnostics: Diagnostic[];
}

/** Makes one of them from the platform and all that its components render; undefined where the platform does not ask for it. */
export type MakeOwnComponent = (platform: ResolvedPlatform, drafts: readonly Draft[]) => OwnComponent | undefined | Promise<OwnComponent | undefined>;

/** Every one of them, in the order in which they are made. */
const makers: readonly MakeOwnComponent[] = [networkComponent, policyComponent];

/** Drafts with those of Mostik's own components behind them, and these components. */
export interface WithOwn {
  drafts: Draft[];
  components: ResolvedComponent[];
  diagnostics: Diagnostic[];
}

/** Adds what Mostik itself makes. A component of the platform that has the name of one of these is a mistake. */
export async function withOwnComponents(platform: ResolvedPlatform, drafts: readonly Draft[]): Promise<WithOwn> {
  const result: WithOwn = { drafts: [...drafts], components: [], diagnostics: [] };
  const own: Draft[] = [];
  for (const make of makers) {
    const made = await make(platform, result.drafts);
    if (!made) continue;
    const taken = platform.components.find(({ name }) => name === made.name);
    if (taken) result.diagnostics.push(diagnose('own-component-name', { component: made.name }, taken.at));
    const component = ownComponent(platform, made);
    result.drafts = made.drafts ?? result.drafts;
    result.components.push(component);
    result.diagnostics.push(...made.diagnostics);
    own.push(...made.objects.map(({ object, at }) => ({ component, object, at, keep: false })));
  }
  return { ...result, drafts: [...result.drafts, ...own] };
}

/** Wave -1: before the first component of the platform. */
function ownComponent(platform: ResolvedPlatform, { name, at }: OwnComponent): ResolvedComponent {
  return {
    name,
    namespace: platform.namespace,
    release: name,
    source: { kind: 'manifests', paths: [] },
    files: [],
    values: {},
    secretValues: {},
    edges: [],
    after: [],
    wave: -1,
    data: false,
    external: [],
    pods: [],
    builds: [],
    timeoutSeconds: 300,
    at,
    locate: () => at,
  };
}
