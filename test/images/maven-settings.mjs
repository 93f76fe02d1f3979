// How this machine gets Maven packages, for builds on the image.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const authorities = '/usr/local/share/ca-certificates';

/** Writes `settings.xml` and the folder `certificates`. */
export function mavenFiles(to) {
  writeFileSync(join(to, 'settings.xml'), settings());
  mkdirSync(join(to, 'certificates'));
  for (const name of certificates()) copyFileSync(join(authorities, name), join(to, 'certificates', name));
}

export function mavenInputs() {
  return JSON.stringify([readFileSync(fileURLToPath(import.meta.url), 'utf8'), settings(), certificates().map((name) => readFileSync(join(authorities, name), 'utf8'))]);
}

/** Mirrors and proxies of the user, else of the machine. No passwords: they would stay in the image. */
function settings() {
  const files = [join(homedir(), '.m2', 'settings.xml'), '/etc/maven/settings.xml', '/usr/share/maven/conf/settings.xml'];
  const texts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8').replace(/<!--.*?-->/gs, ''));
  const parts = ['mirrors', 'proxies'].map((name) => texts.map((text) => new RegExp(`<${name}>.*?</${name}>`, 's').exec(text)?.[0]).find((part) => part !== undefined) ?? '');
  const open = parts.map((part) => part.replace(/<(username|password)>.*?<\/\1>/gs, '').replace(/(:\/\/)[^\s/@<]*@/g, '$1'));
  return `<settings>\n${open.join('\n').replace(/^\s*\n/gm, '')}\n</settings>\n`;
}

function certificates() {
  return existsSync(authorities) ? readdirSync(authorities).filter((name) => name.endsWith('.crt')).sort() : [];
}
