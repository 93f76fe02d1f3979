import { runTests, type TestResult } from '../apply/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { restore } from '../model/index.js';
import { hookChanges, readObjects } from '../plan/index.js';
import { chooseComponents, readLivePlatform, type PlatformPlace } from './live-platform.js';
import type { Target } from './target.js';

/** How the tests of a platform ended. */
export interface TestRun {
  platform: string;
  simulated: boolean;
  tests: TestResult[];
}

/** Runs the test hooks of what was applied last: Helm's `helm.sh/hook: test`, by component, in weight order. */
export async function testPlatform({ kube, simulated }: Target, place: PlatformPlace, options: { names: readonly string[]; timeoutSeconds?: number | undefined; onStart(test: { component: string; test: string }): void; signal: AbortSignal }): Promise<TestRun> {
  const { names, timeoutSeconds, onStart, signal } = options;
  const live = await readLivePlatform(kube, place, signal);
  const chosen = chooseComponents(live, names);
  const { last, secrets } = live.state;
  const objects = last ? restore(await readObjects(kube, last, place.namespace), secrets) : [];
  const withTests = chosen.map((component) => ({ component, hooks: hookChanges(objects.filter((rendered) => rendered.component === component.name), { before: 'test', after: 'test' }, 0) })).filter(({ hooks }) => hooks.length > 0);
  if (withTests.length === 0) throw new MostikError([diagnose('tests-missing', { what: names.length > 0 ? `component ${names.join(', ')}` : `platform ${place.platform}` })]);
  const tests: TestResult[] = [];
  for (const { component, hooks } of withTests) {
    tests.push(...(await runTests(hooks, { kube, secrets, timeoutSeconds: timeoutSeconds ?? component.timeoutSeconds, onStart, signal })));
  }
  return { platform: place.platform, simulated, tests };
}
