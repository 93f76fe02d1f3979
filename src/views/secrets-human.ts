import type { ListedSecret, SecretsList } from '../operate/secrets-list.js';
import type { NewKeyReport } from '../operate/secrets-key.js';
import type { SealedFileReport, SealReport } from '../operate/secrets-seal.js';
import type { Unsealed } from '../operate/secrets-unseal.js';
import { describeTarget } from '../secrets/index.js';
import type { Look } from './look.js';
import { table, type Cell, type Column } from './table.js';
import { plural, printable } from './text.js';

const columns: Column[] = [{ title: 'SECRET' }, { title: 'VALUE' }, { title: 'SEALED IN GIT' }, { title: 'TAKEN BY', flexible: true }];

/** Lists secrets: where each value comes from, what Git keeps, who takes it. */
export function secretsListText({ platform, cluster, secrets }: SecretsList, look: Look): string {
  const asked = cluster.problem === undefined ? `cluster ${cluster.name}` : look.style.warn(printable(`cluster ${cluster.name} was not asked: ${cluster.problem}`));
  const heading = `${look.style.strong(platform)}  ${asked}`;
  if (secrets.length === 0) return `${heading}\nno secrets: spec.secrets declares none`;
  return [heading, '', ...table(columns, secrets.map((secret) => row(secret, look)), look)].join('\n');
}

function row(secret: ListedSecret, { style }: Look): Cell[] {
  const { symbol, words, paint } = sourceWords(secret, style);
  const uses = secret.uses.map(({ component, path }) => `${component} ${path}`).join(', ');
  return [secret.name, { text: `${symbol} ${words}`, style: paint }, sealedWords(secret), uses === '' ? 'nobody' : printable(uses)];
}

function sourceWords({ source, env, differs }: ListedSecret, style: Look['style']): { symbol: string; words: string; paint: (text: string) => string } {
  switch (source) {
    case 'env':
      return differs ? { symbol: '!', words: `.env ${env}, not the cluster's`, paint: style.warn } : { symbol: '✓', words: `.env ${env}`, paint: style.good };
    case 'cluster':
      return { symbol: '✓', words: 'cluster', paint: style.good };
    case 'sealed':
      return { symbol: '✓', words: 'sealed, opened', paint: style.good };
    case 'unopened':
      return { symbol: '✗', words: 'sealed, no key opens it', paint: style.bad };
    case 'generate':
      return { symbol: '+', words: 'made by the next apply', paint: style.note };
    case 'missing':
      return { symbol: '✗', words: `missing: ${env} in .env`, paint: style.bad };
  }
}

function sealedWords({ sealed }: ListedSecret): string {
  if (!sealed) return 'no';
  const words = { same: ', same value', differs: ', another value', 'not-compared': '', 'not-opened': ', not opened', 'not-text': ', not a text' }[sealed.state];
  return printable(`${sealed.file}${words}`);
}

/** Says what was sealed, and what was left alone. */
export function sealText({ certificate, files, generated }: SealReport, { style }: Look): string {
  const lines = files.flatMap((file) => fileLines(file, style));
  if (files.length === 0) lines.push('nothing to seal: no component takes a secret');
  if (generated.length > 0) lines.push(`made and saved in .env: ${generated.join(', ')}`);
  lines.push(style.dim(`certificate ${certificate.from}, key ${certificate.fingerprint}, valid until ${certificate.notAfter.slice(0, 10)}`));
  return lines.join('\n');
}

const outcomeWords: Record<SealedFileReport['items'][number]['outcome'], string> = {
  sealed: 'sealed',
  changed: 'sealed, another value than before',
  again: 'sealed anew',
  moved: 'sealed anew for its new place',
  same: 'unchanged',
  'not-compared': 'sealed already, not compared: no private key',
  dropped: 'taken out',
};

function fileLines({ file, target, items, written }: SealedFileReport, style: Look['style']): string[] {
  const heading = `${style.strong(file ?? 'stdout')}  ${describeTarget(target)}${file === undefined ? '' : written ? '' : '  unchanged'}`;
  return [heading, ...items.map(({ item, outcome }) => `  ${outcome === 'same' || outcome === 'not-compared' ? ' ' : '+'} ${item}  ${outcomeWords[outcome]}`)];
}

/** Says what opened, by key; values are not shown. */
export function unsealText({ file, target, items }: Unsealed, { style }: Look): string {
  const lines = items.map(({ item, opened, bytes }) => (opened ? style.good(`  ✓ ${item}`) + `  ${plural(bytes ?? 0, 'byte')}` : style.bad(`  ✗ ${item}  not opened`)));
  return [`${style.strong(file)}  ${describeTarget(target)}`, ...lines].join('\n');
}

/** Says where a new key pair is, and what to do with its two halves. */
export function newKeyText({ key, certificate, fingerprint, notAfter }: NewKeyReport, { style }: Look): string {
  return [
    `${style.strong(key)}  private key ${fingerprint}: keep it out of Git, and keep a copy: nothing else opens what it sealed`,
    `${style.strong(certificate)}  certificate, valid until ${notAfter.slice(0, 10)}: commit it; whoever has it can seal`,
    `Next: mostik secrets seal, and MOSTIK_SEALING_KEY=${key} on machines that open`,
  ].join('\n');
}
