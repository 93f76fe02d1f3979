import { join } from 'node:path';
import type { ComponentSource, ResolvedComponent, ResolvedPlatform, WorkloadSource } from '../model/index.js';

/** A resolved platform written down in a test, with sensible values for what the test does not care about. */
export function platformOf(components: Record<string, Partial<ResolvedComponent> & { source: ComponentSource }>, options: Partial<ResolvedPlatform> = {}): ResolvedPlatform {
  const dir = options.dir ?? '/nowhere';
  return {
    name: 'demo',
    file: join(dir, 'platform.yaml'),
    dir,
    root: dir,
    source: { path: 'platform.yaml' },
    profiles: [],
    kubernetes: '1.36',
    namespace: 'default',
    cluster: { provider: 'embedded', name: 'demo', nodes: [], provides: [], controllers: [], contexts: [] },
    secrets: {},
    components: Object.entries(components).map(([name, given]) => componentOf(name, given)),
    state: { namespace: 'mostik-system', keep: 20 },
    budget: {},
    policies: { rules: [], exceptions: [] },
    network: { policies: 'none' },
    checks: { severity: {} },
    locate: () => ({ file: 'platform.yaml' }),
    inputs: [],
    ...options,
  };
}

function componentOf(name: string, given: Partial<ResolvedComponent> & { source: ComponentSource }): ResolvedComponent {
  return {
    name,
    namespace: 'default',
    release: name,
    files: [],
    values: {},
    secretValues: {},
    edges: [],
    after: [],
    wave: 0,
    data: false,
    external: [],
    pods: [],
    builds: [],
    timeoutSeconds: 300,
    at: { file: 'platform.yaml', line: 1 },
    locate: (path) => ({ file: `platform.yaml#${name}.${path.join('.')}` }),
    ...given,
  };
}

/** A native workload. */
export function workloadOf(workload: Partial<WorkloadSource> = {}): ComponentSource {
  return { kind: 'workload', workload: { image: 'nginx:1.27', replicas: 1, env: {}, ...workload } };
}

/** The render engine of `MOSTIK_ENGINE_DIR`; undefined where a test must be skipped. */
export const engineForTests = process.env['MOSTIK_ENGINE_DIR'] ? { path: join(process.env['MOSTIK_ENGINE_DIR'], 'mostik-render') } : undefined;

/** Why tests of rendering are skipped, for their titles. */
export const engineSkip = engineForTests ? '' : ' (skipped: MOSTIK_ENGINE_DIR names no folder with mostik-render)';

