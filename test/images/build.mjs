// Builds images that tests need where no image registry can be reached, from packages of public package registries:
// `node test/images/build.mjs [NAME...]`. Prints, as JSON on the last line, where the archive of each image lies and the
// storage in which buildah keeps them, so that further images can be built on them. What is there already is not built again.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goPrograms } from './go-programs.mjs';
import { mavenFiles, mavenInputs } from './maven-settings.mjs';
import { pipFiles, pipSettings } from './pip-settings.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(process.env.MOSTIK_TEST_IMAGES || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mostik', 'images'));
const archives = join(cache, 'archives');
const storage = join(cache, 'storage.conf');
const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';

/** Each stands on another one or on nothing. `inputs` are things of the machine that decide what is built; `prepare` gets what the Dockerfile copies. */
const recipes = {
  'debian:bookworm-slim': { folder: 'debian-12', prepare: debianRoot, inputs: aptSettings },
  'node:22-bookworm-slim': { folder: 'node-22', on: 'debian:bookworm-slim', prepare: nodeFiles, inputs: npmSettings },
  'postgres:15': { folder: 'postgres-15', on: 'debian:bookworm-slim' },
  'busybox:1': { folder: 'busybox-1', prepare: (to) => copyFileSync(busybox(), join(to, 'busybox')), inputs: () => readFileSync(busybox()) },
  'traefik:v3.4.1': { folder: 'traefik-3', on: 'busybox:1', ...goPrograms({ module: 'github.com/traefik/traefik/v3', version: 'v3.4.1', sum: 'h1:QBO/C9ILViPVBhsmY8nEnoobTULxg6oW1jUTX8FFh8w=', programs: { traefik: 'cmd/traefik' }, variables: { 'github.com/traefik/traefik/v3/pkg/version.Version': '3.4.1' } }) },
  'python:3.11-slim': { folder: 'python-3.11', on: 'debian:bookworm-slim', prepare: pipFiles, inputs: pipSettings },
  'nginxinc/nginx-unprivileged:1.22': { folder: 'nginx-unprivileged-1.22', on: 'debian:bookworm-slim' },
  'rabbitmq:3': { folder: 'rabbitmq-3', on: 'debian:bookworm-slim' },
  'ghcr.io/kedacore/keda:2.21.0': { folder: 'keda-2', ...keda({ keda: 'cmd/operator' }) },
  'ghcr.io/kedacore/keda-metrics-apiserver:2.21.0': { folder: 'keda-adapter-2', ...keda({ 'keda-adapter': 'cmd/adapter' }) },
  'maven:3.9-eclipse-temurin-17': { folder: 'maven-3.9', on: 'debian:bookworm-slim', prepare: mavenFiles, inputs: mavenInputs },
  'eclipse-temurin:17-jre': { folder: 'temurin-17', on: 'maven:3.9-eclipse-temurin-17' },
  'quay.io/keycloak/keycloak:26.7.3': { folder: 'keycloak-26', on: 'eclipse-temurin:17-jre' },
  'minio/minio:RELEASE.2025-09-07T16-13-09Z': { folder: 'minio', on: 'busybox:1', ...goPrograms({ module: 'github.com/versity/versitygw', version: 'v1.8.0', sum: 'h1:au+wI+aybno/STsQiSm35Uu6Q6iK5MWReQxgO6SEMFc=', programs: { versitygw: 'cmd/versitygw' }, variables: { 'main.Version': '1.8.0' } }) },
  'curlimages/curl:8.14.1': { folder: 'curl-8', on: 'debian:bookworm-slim' },
  'seldonio/mlserver:1.7.1-sklearn': { folder: 'mlserver-1', on: 'python:3.11-slim' },
};

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : Object.keys(recipes);
for (const name of names) if (!recipes[name]) throw new Error(`no recipe for ${name}; there are ${Object.keys(recipes).join(', ')}`);
mkdirSync(archives, { recursive: true });
writeFileSync(storage, `[storage]\ndriver = "${storageDriver()}"\ngraphroot = ${JSON.stringify(join(cache, 'storage'))}\nrunroot = ${JSON.stringify(join(cache, 'storage-run'))}\n`);
const made = new Map();
try {
  for (const name of names) make(name);
} finally {
  // The storage is mounted on itself by buildah, and would stay so.
  spawnSync('umount', [join(cache, 'storage', 'overlay')], { stdio: 'ignore' });
}
console.log(JSON.stringify({ storage, images: Object.fromEntries(names.map((name) => [name, made.get(name).archive])) }));

/** Builds an image and what it stands on, unless they are there. */
function make(name) {
  const known = made.get(name);
  if (known) return known;
  const { folder, on, prepare, inputs } = recipes[name];
  const key = digest([architecture, readFileSync(fileURLToPath(import.meta.url)), ...filesOf(join(here, folder)), on ? make(on).key : '', inputs?.() ?? '']);
  const archive = join(archives, `${name.replace(/[^a-z0-9.-]/gi, '-')}-${key}.tar`);
  const result = { key, archive };
  made.set(name, result);
  const tag = fullName(name);
  if (existsSync(archive) && hasImage(`${tag}-${key}`)) return result;
  const started = Date.now();
  const context = mkdtempSync(join(tmpdir(), 'mostik-image-'));
  try {
    cpSync(join(here, folder), context, { recursive: true });
    prepare?.(context);
    buildah(['build', '--isolation', 'chroot', '--format', 'docker', '--pull-never', '--timestamp', '0', '--tag', `${tag}-${key}`, '--tag', tag, context]);
    rmSync(archive, { force: true });
    buildah(['push', tag, `docker-archive:${archive}.part:${tag}`]);
    renameSync(`${archive}.part`, archive);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  console.log(`${name}: built in ${Math.round((Date.now() - started) / 1000)} s`);
  return result;
}

/** As pods ask for it: names without a registry are of Docker Hub. */
function fullName(name) {
  const parts = name.split('/');
  if (parts.length === 1) return `docker.io/library/${name}`;
  return /[.:]/.test(parts[0]) ? name : `docker.io/${name}`;
}

function hasImage(tag) {
  return spawnSync('buildah', ['inspect', '--type', 'image', tag], { stdio: 'ignore', env: environment() }).status === 0;
}

function buildah(args) {
  const { status, stdout, stderr, error } = spawnSync('buildah', args, { encoding: 'utf8', env: environment(), maxBuffer: 64 << 20 });
  if (error) throw error;
  if (status !== 0) throw new Error(`buildah ${args[0]} failed:\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
}

function environment() {
  return { ...process.env, CONTAINERS_STORAGE_CONF: storage };
}

/** vfs copies every layer as a whole, so it is the last choice. */
function storageDriver() {
  return /\boverlay\b/.test(readFileSync('/proc/filesystems', 'utf8')) ? 'overlay' : 'vfs';
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true }).sort().map((name) => join(folder, name)).filter((path) => statSync(path).isFile()).map((path) => readFileSync(path));
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(createHash('sha256').update(part).digest());
  return hash.digest('hex').slice(0, 16);
}

/** The smallest Debian 12, with the machine's own sources of packages. */
function debianRoot(to) {
  const root = join(to, 'root');
  const { mirror, sources, configuration } = JSON.parse(aptSettings());
  const { status, stdout } = spawnSync('debootstrap', ['--variant=minbase', 'bookworm', root, mirror], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`debootstrap failed:\n${stdout.slice(-3000)}`);
  writeFileSync(join(root, 'etc/apt/sources.list'), sources);
  // Without its own index files apt takes longer, and images are 90 MB smaller.
  writeFileSync(join(root, 'etc/apt/apt.conf.d/90machine'), `${configuration}\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n`);
  for (const path of ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'var/log/bootstrap.log']) rmSync(join(root, path), { recursive: true, force: true });
  mkdirSync(join(root, 'var/lib/apt/lists/partial'), { recursive: true });
  mkdirSync(join(root, 'var/cache/apt/archives/partial'), { recursive: true });
  execFileSync('tar', ['-C', root, '-cf', join(to, 'root.tar'), '.']);
  rmSync(root, { recursive: true, force: true });
}

/** From where this machine gets Debian packages, and through which proxies. */
function aptSettings() {
  const targets = () => execFileSync('apt-get', ['indextargets', '--format', '$(ORIGIN)|$(REPO_URI)|$(CODENAME)|$(COMPONENT)', 'Created-By: Packages'], { encoding: 'utf8' }).split('\n').map((line) => line.split('|')).filter(([origin, , codename]) => origin === 'Debian' && codename?.startsWith('bookworm'));
  let found = targets();
  if (found.length === 0) {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    found = targets();
  }
  const mirror = found.find(([, , codename, component]) => codename === 'bookworm' && component === 'main')?.[1];
  if (!mirror) throw new Error('the images are made of Debian 12 packages, and apt on this machine has no source of them');
  const sources = [...new Set(found.map(([, uri, codename, component]) => `deb ${uri} ${codename} ${component}\n`))].join('');
  const configuration = execFileSync('apt-config', ['dump', 'Acquire::http', 'Acquire::https'], { encoding: 'utf8' }).split('\n').filter((line) => /^Acquire::https?::Proxy /.test(line)).join('\n');
  return JSON.stringify({ mirror, sources, configuration });
}

/** One of the programs of KEDA. */
function keda(programs) {
  return goPrograms({ module: 'github.com/kedacore/keda/v2', version: 'v2.21.0', sum: 'h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=', programs, variables: { 'github.com/kedacore/keda/v2/version.Version': '2.21.0' } });
}

/** Node from its npm package, npm, and how this machine gets npm packages: builds on the image get them the same way. */
function nodeFiles(to) {
  const pack = (name) => {
    const file = execFileSync('npm', ['pack', '--silent', name], { cwd: to, encoding: 'utf8' }).trim().split('\n').at(-1);
    const folder = join(to, name.replace(/@.*/, ''));
    mkdirSync(folder);
    execFileSync('tar', ['-C', folder, '--strip-components=1', '-xf', join(to, file)]);
    rmSync(join(to, file));
    return folder;
  };
  renameSync(join(pack(`node-linux-${architecture}@22`), 'bin', 'node'), join(to, 'node'));
  pack('npm@10');
  const { settings, certificates } = JSON.parse(npmSettings());
  writeFileSync(join(to, 'npmrc'), settings);
  writeFileSync(join(to, 'certificates.crt'), certificates);
}

/** No passwords or tokens: they would stay in the image. */
function npmSettings() {
  const config = JSON.parse(execFileSync('npm', ['config', 'list', '--json'], { cwd: '/', encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const file = config.cafile || process.env.NODE_EXTRA_CA_CERTS;
  const certificates = file && existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = ['registry', 'proxy', 'https-proxy', 'noproxy'].flatMap((key) => (typeof config[key] === 'string' && config[key] !== '' ? [`${key}=${config[key]}`] : []));
  if (certificates !== '') lines.push('cafile=/usr/local/etc/certificates.crt');
  return JSON.stringify({ settings: `${lines.join('\n')}\n`, certificates });
}

function busybox() {
  for (const path of ['/usr/bin/busybox', '/bin/busybox']) if (existsSync(path)) return path;
  throw new Error('busybox is not installed: apt-get install busybox-static');
}
