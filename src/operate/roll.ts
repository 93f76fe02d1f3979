import { openMonitor, takeLock, type Monitor } from '../apply/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { formatRef, refOf, type KubeObject } from '../model/index.js';
import { chooseComponents, readLivePlatform, type LiveComponent, type LivePlatform, type PlatformPlace } from './live-platform.js';
import type { Target } from './target.js';

/** What is done to running components. */
export type RollVerb = 'restart' | 'stop' | 'start';

/** How a component came out of it: `unchanged` was as it should be already. */
export interface RolledComponent {
  name: string;
  outcome: 'done' | 'unchanged' | 'failed' | 'timeout' | 'skipped';
  /** Why it is not done. */
  reason?: string;
  objects: { object: string; what: string }[];
}

/** How a restart, stop or start ended. */
export interface Rolled {
  verb: RollVerb;
  platform: string;
  simulated: boolean;
  components: RolledComponent[];
}

/** How it is to be done. */
export interface RollOptions {
  /** Components by name; all without any. */
  names: readonly string[];
  wait: boolean;
  /** Instead of each component's own. */
  timeoutSeconds?: number | undefined;
  onStep(step: { component: string; text: string }): void;
  signal: AbortSignal;
}

/** One kind of work on a component. */
export interface Work {
  verb: RollVerb;
  /** What stands on others comes first, so that nobody is left without what it needs. */
  reverse: boolean;
  /** Does it to one object; returns what was done in words, undefined when there was nothing to do. */
  change(kube: Kube, object: KubeObject, around: { live: LivePlatform; monitor: Monitor; signal: AbortSignal }): Promise<string | undefined>;
  /** Tells whether the verb is for this object. */
  applies(object: KubeObject): boolean;
  /** Waits for the end; returns why it did not come. */
  settle(kube: Kube, object: KubeObject, around: Settling): Promise<{ outcome: 'failed' | 'timeout'; reason: string } | undefined>;
  /** What else there is, for a component that has nothing of this. */
  hint: string;
}

/** What waiting for one object needs. */
export interface Settling {
  monitor: Monitor;
  timeoutSeconds: number;
  tell(text: string): void;
  signal: AbortSignal;
}

/** Does one kind of work to components along their edges, under the platform's lock. A failure stops what stands on it. */
export async function roll({ kube, simulated }: Target, place: PlatformPlace, work: Work, options: RollOptions): Promise<Rolled> {
  const { signal } = options;
  const before = await readLivePlatform(kube, place, signal);
  demandWork(chooseComponents(before, options.names), work, options.names.length > 0);
  const lock = await takeLock(kube, place, signal);
  const monitor = openMonitor(kube, place.platform);
  try {
    const live = await readLivePlatform(kube, place, signal);
    const chosen = chooseComponents(live, options.names).filter(({ objects }) => objects.some(work.applies));
    const results = new Map<string, RolledComponent>();
    for (const wave of wavesOf(chosen, live.components, work.reverse)) {
      lock.check();
      await Promise.all(wave.map(async (component) => { results.set(component.name, await rollComponent(kube, component, { work, live, monitor, options, results })); }));
    }
    return { verb: work.verb, platform: place.platform, simulated, components: chosen.map(({ name }) => results.get(name)!) };
  } finally {
    monitor.stop();
    await lock.release();
  }
}

function demandWork(components: readonly LiveComponent[], { applies, verb, hint }: Work, named: boolean): void {
  const idle = components.filter(({ objects }) => !objects.some(applies));
  if (idle.length === 0 || (!named && idle.length < components.length)) return;
  throw new MostikError(idle.map(({ name }) => diagnose('nothing-to-stop', { component: name, verb, hint })));
}

interface Around {
  work: Work;
  live: LivePlatform;
  monitor: Monitor;
  options: RollOptions;
  results: ReadonlyMap<string, RolledComponent>;
}

async function rollComponent(kube: Kube, { name, after, objects, timeoutSeconds }: LiveComponent, { work, live, monitor, options, results }: Around): Promise<RolledComponent> {
  const broken = work.reverse ? undefined : after.find((other) => ['failed', 'timeout', 'skipped'].includes(results.get(other)?.outcome ?? ''));
  if (broken !== undefined) return { name, outcome: 'skipped', reason: `${broken} is not healthy`, objects: [] };
  const tell = (text: string): void => { options.onStep({ component: name, text }); };
  const { signal } = options;
  const changed: { object: KubeObject; what: string }[] = [];
  // Scalers rest before what they scale, or they would scale it up again.
  const ordered = objects.filter(work.applies).sort((a, b) => Number(b.kind === 'ScaledObject') - Number(a.kind === 'ScaledObject'));
  for (const object of ordered) {
    const what = await work.change(kube, object, { live, monitor, signal });
    if (what === undefined) continue;
    tell(`${formatRef(refOf(object))} ${what}`);
    changed.push({ object, what });
  }
  const told = changed.map(({ object, what }) => ({ object: formatRef(refOf(object)), what }));
  if (changed.length === 0) return { name, outcome: 'unchanged', objects: told };
  if (!options.wait) return { name, outcome: 'done', objects: told };
  const settling: Settling = { monitor, timeoutSeconds: options.timeoutSeconds ?? timeoutSeconds, tell, signal };
  const failures = (await Promise.all(changed.map(({ object }) => work.settle(kube, object, settling)))).filter((failure) => failure !== undefined);
  const [first] = failures;
  if (!first) return { name, outcome: 'done', objects: told };
  return { name, outcome: first.outcome, reason: failures.map(({ reason }) => reason).join('; '), objects: told };
}

/** Components by depth of their edges: what others stand on first, or last when it is reversed. */
export function wavesOf<T extends Pick<LiveComponent, 'name'>>(chosen: readonly T[], all: readonly Pick<LiveComponent, 'name' | 'after'>[], reverse: boolean): T[][] {
  const byName = new Map(all.map((component) => [component.name, component]));
  const depths = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    depths.set(name, 0);
    const depth = Math.max(0, ...(byName.get(name)?.after ?? []).map((other) => depthOf(other) + 1));
    depths.set(name, depth);
    return depth;
  };
  const waves: T[][] = [];
  for (const component of chosen) (waves[depthOf(component.name)] ??= []).push(component);
  const filled = waves.filter((wave) => wave !== undefined);
  return reverse ? filled.reverse() : filled;
}
