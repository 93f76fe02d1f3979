import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './mostik.js';

const services = join(root, 'platforms', 'balance-plus', 'services');
const python = spawnSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))']);
const noPython = python.status === 0 ? undefined : 'there is no python3 of at least 3.11 with venv';

function run(command: string, args: string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => { resolve({ code: error ? (typeof error.code === 'number' ? error.code : 255) : 0, output: stdout + stderr }); });
  });
}

describe('the services of Balance+', () => {
  it.skipIf(noPython)(`pass their own tests: gateway, orchestrator, worker${noPython === undefined ? '' : ` (skipped: ${noPython})`}`, async () => {
    const { code, output } = await run('sh', ['test.sh', '-q'], services);
    expect(code, output).toBe(0);
    expect(Number(/(\d+) passed/.exec(output)?.[1])).toBeGreaterThan(40);
  }, 600_000);

  it('pass their own tests: frontend', async () => {
    const { code, output } = await run(process.execPath, ['--test', '--test-reporter=tap', 'tests/condense.test.js'], join(services, 'frontend'));
    expect(code, output).toBe(0);
    expect(Number(/^# pass (\d+)$/m.exec(output)?.[1])).toBeGreaterThan(10);
  });
});
