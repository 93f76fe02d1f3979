// Makes engine/cluster/downloads.json: the official programs at the versions of engine/cluster/go.mod, with the
// SHA-256 their projects publish. `--write` fetches the checksums (MOSTIK_DOWNLOAD_BASE names a mirror); without it
// only the versions and addresses are compared, and a difference fails. A checksum that cannot be had stays null.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const module = new URL('../engine/cluster/', import.meta.url);
const tableFile = fileURLToPath(new URL('downloads.json', module));
const goMod = readFileSync(new URL('go.mod', module), 'utf8');
const versions = {
  kubernetes: required('k8s.io/kubernetes'),
  etcd: required('go.etcd.io/etcd/server/v3'),
  kwok: required('sigs.k8s.io/kwok'),
};
const targets = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };
const old = existsSync(tableFile) ? JSON.parse(readFileSync(tableFile, 'utf8')) : { targets: {} };

const table = { versions, targets: {} };
for (const [target, arch] of Object.entries(targets)) table.targets[target] = programs(arch).map((row) => ({ ...row, sha256: pinned(target, row.url) }));

if (process.argv.includes('--write')) await pinAll();
else if (JSON.stringify(table) !== JSON.stringify(old)) {
  console.error('not up to date with engine/cluster/go.mod: engine/cluster/downloads.json. Run npm run update:downloads');
  process.exit(1);
}

function required(path) {
  const version = goMod.match(new RegExp(`^\\s*${path.replaceAll('.', '\\.')} (v\\S+)$`, 'm'))?.[1];
  if (!version) throw new Error(`engine/cluster/go.mod requires no ${path}`);
  return version;
}

function programs(arch) {
  const { kubernetes, etcd, kwok } = versions;
  const archive = `etcd-${etcd}-linux-${arch}`;
  return [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'].map((name) => ({
      name,
      url: `https://dl.k8s.io/${kubernetes}/bin/linux/${arch}/${name}`,
    })),
    { name: 'etcd', url: `https://github.com/etcd-io/etcd/releases/download/${etcd}/${archive}.tar.gz`, member: `${archive}/etcd` },
    { name: 'kwok', url: `https://github.com/kubernetes-sigs/kwok/releases/download/${kwok}/kwok-linux-${arch}` },
  ];
}

/** The checksum of an address does not change, so one that is pinned stays. */
function pinned(target, url) {
  return old.targets[target]?.find((row) => row.url === url)?.sha256 ?? null;
}

async function pinAll() {
  const problems = [];
  for (const row of Object.values(table.targets).flat()) {
    try {
      const published = await publishedChecksum(row);
      if (row.sha256 !== null && row.sha256 !== published) throw new Error(`pinned ${row.sha256}, but ${published} is published`);
      row.sha256 = published;
    } catch (error) {
      problems.push(`${row.url}: ${error.cause?.code ?? error.message}`);
    }
  }
  writeFileSync(tableFile, `${JSON.stringify(table, null, 2)}\n`);
  const rows = Object.values(table.targets).flat();
  console.log(`${rows.filter((row) => row.sha256 !== null).length} of ${rows.length} checksums are pinned`);
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exit(1);
  }
}

/** Kubernetes publishes a .sha256 beside each file, etcd one list per release, KWOK the digests of its release on GitHub. */
async function publishedChecksum({ name, url }) {
  const file = url.slice(url.lastIndexOf('/') + 1);
  if (name === 'etcd') return checksum((await get(url.replace(file, 'SHA256SUMS'))).match(new RegExp(`^(\\S+) [ *]${file}$`, 'm'))?.[1]);
  if (name === 'kwok') {
    const release = JSON.parse(await get(`https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/${versions.kwok}`));
    return checksum(release.assets.find((asset) => asset.name === file)?.digest?.replace('sha256:', ''));
  }
  return checksum((await get(`${url}.sha256`)).trim().split(/\s/)[0]);
}

function checksum(text) {
  if (!/^[0-9a-f]{64}$/.test(text ?? '')) throw new Error(`no SHA-256 is published, got ${JSON.stringify(text)}`);
  return text;
}

async function get(url) {
  const base = process.env.MOSTIK_DOWNLOAD_BASE?.replace(/\/+$/, '');
  const address = base ? `${base}/${url.replace(/^https:\/\//, '')}` : url;
  const response = await fetch(address, { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.text();
}
