import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseDocument } from 'yaml';
import { asDict, asString } from '../../../src/lib/read-unknown.js';
import { root } from '../../e2e/mostik.js';
import type { RealHome } from '../real-node.js';

const here = dirname(fileURLToPath(import.meta.url));

/** Why the programs of the operators cannot be made here; undefined when they can. */
export const noGo: string | undefined = spawnSync('go', ['version']).status === 0 ? undefined : 'Traefik and KEDA cannot be built without Go';

/** Images of the operators and of what the platform gets from elsewhere. */
export const foreignImages = ['postgres:15', 'rabbitmq:3', 'traefik:v3.4.1', 'ghcr.io/kedacore/keda:2.21.0', 'ghcr.io/kedacore/keda-metrics-apiserver:2.21.0'];

/** Images on which those of the services are built. */
export const baseImages = ['python:3.11-slim', 'nginxinc/nginx-unprivileged:1.22'];

/** Balance+ as it is in the repository, with the profiles of machine.yaml beside its own. */
export function copyPlatform(home: RealHome): string {
  const dir = home.copy('balance-plus');
  const file = join(dir, 'platform.yaml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  const profiles = asDict(parse(readFileSync(join(here, 'machine.yaml'), 'utf8')));
  for (const [name, profile] of Object.entries(profiles)) document.setIn(['spec', 'profiles', name], profile);
  writeFileSync(file, document.toString());
  return dir;
}

/** The platform of the operators: its kinds are those of Balance+, and of KEDA all, since its operator watches each of them. */
export function copyOperators(home: RealHome): string {
  const dir = join(home.folder, 'operators');
  const crds = join(dir, 'crds');
  cpSync(here, dir, { recursive: true, filter: (path) => !path.endsWith('.ts') && !path.endsWith('machine.yaml') });
  mkdirSync(crds);
  const own = join(root, 'platforms', 'balance-plus', 'crds');
  for (const name of readdirSync(own).filter((name) => !name.startsWith('keda-'))) cpSync(join(own, name), join(crds, name));
  const kinds = join(kedaModule(), 'config', 'crd', 'bases');
  for (const name of readdirSync(kinds)) cpSync(join(kinds, name), join(crds, name));
  return dir;
}

/** The folder of KEDA's module, at the version of its images. */
function kedaModule(): string {
  const module = `github.com/kedacore/keda/v2@v${foreignImages.find((name) => name.includes('/keda:'))?.split(':')[1]}`;
  const found = asDict(JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8', cwd: tmpdir() })));
  return asString(found['Dir']) ?? '';
}
