import { expect, test } from 'vitest';
import { diagnose } from '../diagnostics/index.js';
import { describeEvent } from './describe-event.js';

test('each event is one line that names the engine', () => {
  const building = { type: 'building', engine: 'cluster', seconds: 74 } as const;
  expect([
    describeEvent({ ...building, step: 'modules', done: 0, total: undefined }),
    describeEvent({ ...building, step: 'modules', done: 12, total: undefined }),
    describeEvent({ ...building, step: 'packages', done: 812, total: 2796 }),
    describeEvent({ ...building, step: 'link', done: 2795, total: 2796 }),
    describeEvent({ type: 'downloading', engine: 'cluster', bytes: 1_500_000, total: undefined, seconds: 1 }),
    describeEvent({ type: 'downloading', engine: 'cluster', bytes: 40_000_000, total: 280_000_000, seconds: 9 }),
    describeEvent({ type: 'waiting', engine: 'render', holder: 'process 4711 on a since 14:03:12 UTC', seconds: 3 }),
    describeEvent({ type: 'skipped', engine: 'cluster', source: 'go', diagnostic: diagnose('engine-go-missing', { file: 'mostik-cluster', go: '1.26' }) }),
    describeEvent({ type: 'ready', engine: 'render', path: '/x', source: 'go', seconds: 19 }),
  ]).toEqual([
    'mostik-cluster: asking Go what is to be built, 74 s',
    'mostik-cluster: getting sources, 12 modules, 74 s',
    'mostik-cluster: compiling, 812 of 2796 packages, 74 s',
    'mostik-cluster: linking, 74 s',
    'mostik-cluster: downloading, 1.5 MB, 1 s',
    'mostik-cluster: downloading, 40.0 of 280.0 MB, 9 s',
    'mostik-render: is being made by process 4711 on a since 14:03:12 UTC, waited 3 s',
    'mostik-cluster: cannot be built, there is no `go` in PATH',
    'mostik-render: ready after 19 s (go)',
  ]);
});
