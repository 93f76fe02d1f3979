import { podLogEnd, runTests, type TestResult } from '../apply/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { formatRef, maskText, restore, type ResolvedPlatform, type ResolvedTest, type SecretTable } from '../model/index.js';
import { hookChanges, readObjects } from '../plan/index.js';
import { askHttp } from './ask-http.js';
import { askRun } from './ask-run.js';
import { askUntilRight, type Answer } from './ask-until-right.js';
import { chooseComponents, readLivePlatform, type LiveComponent, type PlatformPlace } from './live-platform.js';
import { selectPods, simulatedNodes, type Selection, type Workplace } from './select-pods.js';
import type { Target } from './target.js';

/** How the tests of a platform ended. */
export interface TestRun {
  platform: string;
  simulated: boolean;
  tests: TestResult[];
}

/** A test, by component and name. */
export interface TestName {
  component: string;
  test: string;
}

/** What tests a platform. */
export interface TestOptions {
  /** Components; all without any. */
  names: readonly string[];
  /** Longest wait for each test, instead of its own. */
  timeoutSeconds?: number | undefined;
  /** Told once, before the first: everything that will run. */
  onList?(tests: readonly TestName[]): void;
  onStart(test: TestName): void;
  onEnd?(result: TestResult): void;
  signal: AbortSignal;
}

/** A test that is to be run; a Helm hook that only sets the stage for others is none. */
interface Planned {
  tests: TestName[];
  run(): Promise<TestResult[]>;
}

/** Tests a platform, component by component: the tests that its file declares, then the Helm tests of what was applied last. */
export async function testPlatform(target: Target, platform: ResolvedPlatform, options: TestOptions): Promise<TestRun> {
  const place = { platform: platform.name, namespace: platform.state.namespace };
  const live = await readLivePlatform(target.kube, place, options.signal);
  const chosen = chooseComponents(live, options.names);
  const { last, secrets } = live.state;
  const objects = last ? restore(await readObjects(target.kube, last, place.namespace), secrets) : [];
  const world: TestWorld = { target, platform, place, secrets, options, isSimulated: await simulatedNodes(target) };
  const planned = chosen.flatMap((component) => [
    ...(platform.components.find(({ name }) => name === component.name)?.tests ?? []).map((test) => declaredTest(component.name, test, world)),
    ...helmTests(component, hookChanges(objects.filter((rendered) => rendered.component === component.name), { before: 'test', after: 'test' }, 0), world),
  ]);
  // Without names, what is declared and not there yet is told, not passed over.
  const waiting = options.names.length > 0 ? [] : platform.components.filter(({ name }) => !chosen.some((component) => component.name === name));
  planned.push(...waiting.flatMap(({ name, tests = [] }) => tests.map((test) => skippedTest({ component: name, test: test.name }, 'the component was not applied yet', options))));
  if (planned.length === 0) throw new MostikError([diagnose('tests-missing', { what: options.names.length > 0 ? `component ${options.names.join(', ')}` : `platform ${place.platform}` })]);
  options.onList?.(planned.flatMap(({ tests }) => tests));
  const results: TestResult[] = [];
  for (const { run } of planned) results.push(...(await run()));
  return { platform: place.platform, simulated: target.simulated, tests: results };
}

interface TestWorld {
  target: Target;
  platform: ResolvedPlatform;
  place: PlatformPlace;
  secrets: SecretTable;
  options: TestOptions;
  isSimulated(node: string): boolean;
}

const simulatedReason = 'its pods are on simulated nodes, where containers do not run';

function helmTests(component: LiveComponent, hooks: ReturnType<typeof hookChanges>, { target, secrets, options }: TestWorld): Planned[] {
  const tests = hooks.filter(({ change: { ref } }) => ref.kind === 'Pod' || ref.kind === 'Job').map(({ change: { ref } }) => ({ component: component.name, test: formatRef(ref) }));
  if (tests.length === 0) return [];
  if (target.simulated) return tests.map((test) => skippedTest(test, simulatedReason, options));
  const { onStart, onEnd, signal, timeoutSeconds = component.timeoutSeconds } = options;
  return [{ tests, run: () => runTests(hooks, { kube: target.kube, secrets, timeoutSeconds, onStart, onEnd: (result) => onEnd?.(result), signal }) }];
}

function skippedTest(test: TestName, reason: string, { onEnd }: TestOptions): Planned {
  const result: TestResult = { ...test, outcome: 'skipped', seconds: 0, reason, log: [] };
  return {
    tests: [test],
    run: () => {
      onEnd?.(result);
      return Promise.resolve([result]);
    },
  };
}

function declaredTest(component: string, test: ResolvedTest, world: TestWorld): Planned {
  const name = { component, test: test.name };
  return {
    tests: [name],
    run: async () => {
      world.options.onStart(name);
      const started = performance.now();
      const answer = await answerTo(component, test, world);
      const seconds = answer.verdict === 'simulated' ? 0 : Math.round((performance.now() - started) / 100) / 10;
      const result: TestResult = { ...name, seconds, ...(await told(answer, world)) };
      world.options.onEnd?.(result);
      return [result];
    },
  };
}

async function answerTo(component: string, { question, timeoutSeconds }: ResolvedTest, { target, platform, place, secrets, options, isSimulated }: TestWorld): Promise<Answer> {
  const { kube } = target;
  const mask = (text: string): string => maskText(text, secrets);
  const limits = { timeoutSeconds: options.timeoutSeconds ?? timeoutSeconds, signal: options.signal };
  if ('http' in question) {
    const namespace = platform.components.find(({ name }) => name === component)?.namespace ?? platform.namespace;
    return askUntilRight((signal) => askHttp({ kube, namespace, isSimulated, mask }, question.http, signal), limits);
  }
  const declared = platform.components.flatMap(({ name, namespace, pods }) => pods.map(({ selector }) => ({ component: name, namespace, selector })));
  const workplace: Workplace = { target, place, declared };
  let selection: Selection | undefined;
  return askUntilRight(async (signal) => {
    selection ??= await selectPods(workplace, [component]);
    return askRun({ kube, selection, isSimulated, mask }, question, signal);
  }, limits);
}

async function told({ verdict, reason, pod }: Answer, { target, secrets, options }: TestWorld): Promise<Pick<TestResult, 'outcome' | 'reason' | 'log'>> {
  if (verdict === 'right') return { outcome: 'passed', log: [] };
  if (verdict === 'simulated') return { outcome: 'skipped', reason: simulatedReason, log: [] };
  const log = pod ? await podLogEnd(target.kube, pod, { secrets, signal: options.signal }) : [];
  return { outcome: verdict === 'none' ? 'timeout' : 'failed', reason: maskText(reason, secrets), log };
}
