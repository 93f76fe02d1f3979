// Programs built from the modules that their makers publish, with exactly the dependencies that their go.mod and go.sum name.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a recipe needs: `sum` is the module's line of go.sum, `programs` maps names of files to packages below the module, `variables` are set at link time. */
export function goPrograms({ module, version, sum, programs, variables }) {
  return {
    prepare: (to) => build({ module, version, sum, programs, variables }, to),
    inputs: () => readFileSync(fileURLToPath(import.meta.url)),
  };
}

/** In the module's own folder, not in a module that requires it: a required module's `replace` lines do not count. */
function build({ module, version, sum, programs, variables }, to) {
  const found = JSON.parse(execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8', cwd: tmpdir() }));
  if (found.Sum !== sum) throw new Error(`${module}@${version} is not what was expected: got ${found.Sum}, expected ${sum}`);
  const folder = mkdtempSync(join(tmpdir(), 'mostik-go-'));
  try {
    cpSync(found.Dir, folder, { recursive: true });
    makeWritable(folder);
    const flags = ['-s', '-w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
    for (const [name, path] of Object.entries(programs)) {
      const { status, stderr } = spawnSync('nice', ['-n', '5', 'go', 'build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', join(to, name), `./${path}`], { cwd: folder, encoding: 'utf8', env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' }, maxBuffer: 64 << 20 });
      if (status !== 0) throw new Error(`${module}/${path} could not be built:\n${stderr.slice(-3000)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The module cache is read-only, and a copy of it cannot be removed. */
function makeWritable(folder) {
  chmodSync(folder, 0o755);
  execFileSync('chmod', ['-R', 'u+w', folder]);
}
