import type { CachedEngine, Engine, EngineStatus } from '../engine/index.js';
import type { Look } from './look.js';
import { pairs, table } from './table.js';

/** Shows engines with their sources in the order of trying, and what the cache holds. */
export function engineStatusText(engines: EngineStatus[], cached: CachedEngine[], look: Look): string {
  const sections = engines.map((status) => engineLines(status, look).join('\n'));
  return [...sections, cacheText(cached, look)].filter((section) => section !== '').join('\n\n');
}

/** Lists engines that were got. */
export function enginesText(engines: Engine[], look: Look): string {
  return engines.map(({ name, path, version, source }) => `${look.style.good('✓ ready')} ${name}  ${[version, source, path].filter((part) => part !== '').join('  ')}`).join('\n');
}

/** Lists what was removed from the cache. */
export function removedText(removed: CachedEngine[]): string {
  if (removed.length === 0) return 'nothing to remove';
  const bytes = removed.reduce((sum, engine) => sum + engine.bytes, 0);
  return [...removed.map(({ key, bytes }) => `removed ${key} (${megabytes(bytes)})`), `${megabytes(bytes)} freed`].join('\n');
}

function engineLines({ name, engine, madeBy, sources }: EngineStatus, look: Look): string[] {
  const { style } = look;
  const state = engine === undefined ? style.warn('○ not there yet: it is got at its first use') : `${style.good('✓ ready')}  ${[engine.version, engine.source].filter((part) => part !== '').join('  ')}`;
  const rows = sources.map(({ source, ready, detail }): [string, string] => [source, `${ready ? style.good('✓') : style.dim('○')} ${detail}`]);
  return [`${style.strong(name)}  ${state}`, ...(engine === undefined ? [] : [`  ${engine.path}`]), ...(madeBy === undefined ? [] : [`  being made by ${madeBy}`]), ...pairs(rows, look).map((line) => `  ${line}`)];
}

function cacheText(cached: CachedEngine[], look: Look): string {
  if (cached.length === 0) return '';
  const rows = cached.map(({ key, bytes, version, madeFrom, current }) => [key, megabytes(bytes), madeFrom ?? '', current ? 'in use' : 'old', version]);
  const columns = [{ title: 'CACHE' }, { title: 'SIZE', right: true }, { title: 'FROM' }, { title: 'STATE' }, { title: 'VERSION', flexible: true }];
  const old = cached.some(({ current }) => !current) ? ['', 'Free the space of old ones with: mostik engine remove'] : [];
  return [...table(columns, rows, look), ...old].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}
