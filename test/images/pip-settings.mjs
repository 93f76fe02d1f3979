// How this machine gets Python packages, for builds on the image.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `pip.conf` and `certificates.crt`. */
export function pipFiles(to) {
  const { settings, certificates } = JSON.parse(pipSettings());
  writeFileSync(join(to, 'pip.conf'), settings);
  writeFileSync(join(to, 'certificates.crt'), certificates);
}

/** No addresses with passwords: they would stay in the image. */
export function pipSettings() {
  const config = new Map(pipConfig());
  const file = config.get('cert') ?? process.env.SSL_CERT_FILE;
  const certificates = file && existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = ['index-url', 'extra-index-url', 'trusted-host', 'proxy'].flatMap((key) => (config.has(key) && !config.get(key).includes('@') ? [`${key} = ${config.get(key)}`] : []));
  if (certificates !== '') lines.push('cert = /usr/local/etc/certificates.crt');
  return JSON.stringify({ settings: `[global]\ndisable-pip-version-check = true\n${lines.join('\n')}\n`, certificates });
}

/** Pairs of what pip was told by files and by the environment, which comes last and wins. */
function pipConfig() {
  let text = '';
  try {
    text = execFileSync('python3', ['-m', 'pip', 'config', 'list'], { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // A machine without pip has no settings of it.
  }
  const found = text.split('\n').flatMap((line) => {
    const [, from, key, value] = /^(:env:|\w+)\.([\w-]+)='(.*)'$/.exec(line) ?? [];
    return key === undefined ? [] : [{ last: from === ':env:', pair: [key, value] }];
  });
  return found.sort((a, b) => Number(a.last) - Number(b.last)).map(({ pair }) => pair);
}
