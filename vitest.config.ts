import { defineConfig } from 'vitest/config';

/** Tests whose containers really run, on a node with fixed addresses: one at a time, by `npm run test:real`. */
const realTests = ['test/real/**/*.test.ts'];

/** Tests that start a control plane: it takes a core and about 800 MB, so few of them run at a time. */
const clusterTests = ['src/cluster/**/*.test.ts', 'test/cluster/**/*.test.ts', 'test/e2e/**/*.test.ts'];

export default defineConfig({
  test: {
    // Colours and settings of the surroundings must not decide what a test sees.
    env: { NO_COLOR: '1' },
    passWithNoTests: false,
    // A machine with more to do than these tests is slow, not wrong.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...clusterTests, ...realTests, 'test/samples/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'platforms',
          include: ['platforms/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: clusterTests,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: realTests,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
