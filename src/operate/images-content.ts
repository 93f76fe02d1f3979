import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withTag } from '../lib/image-name.js';
import type { ImageBuild } from '../model/index.js';

/** The name of a build by its content: the same files, Dockerfile, target and arguments give the same tag. Base images are not looked at. */
export function contentTag(build: ImageBuild): string {
  const hash = createHash('sha256');
  const add = (...parts: (string | Buffer)[]): void => {
    for (const part of parts) hash.update(`${part.length}:`).update(part);
  };
  add(readFileSync(build.file), build.target ?? '', JSON.stringify(Object.entries(build.args).sort()));
  for (const path of contextFiles(build)) {
    const full = join(build.context, path);
    const found = lstatSync(full);
    add(path, found.isSymbolicLink() ? `link ${readlinkSync(full)}` : `file ${(found.mode & 0o111) !== 0}`, found.isFile() ? readFileSync(full) : '');
  }
  return withTag(build.image, `content-${hash.digest('hex').slice(0, 16)}`);
}

/** The files that a builder may copy, relative and sorted: those of the context that its ignore file lets through. */
export function contextFiles({ context, file }: Pick<ImageBuild, 'context' | 'file'>): string[] {
  // As builders do: an ignore file of the Dockerfile's own goes before the one of the context.
  const ignoreFile = [`${file}.dockerignore`, join(context, '.dockerignore')].find((path) => existsSync(path));
  const rules = ignoreFile === undefined ? [] : readIgnore(readFileSync(ignoreFile, 'utf8'));
  const files: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      const path = relative(context, full);
      const ignored = isIgnored(path, rules);
      // What is below an ignored folder may still be let through by a later rule.
      if (entry.isDirectory() && (!ignored || rules.some(({ keeps }) => keeps))) visit(full);
      else if (!entry.isDirectory() && !ignored && (entry.isFile() || entry.isSymbolicLink())) files.push(path);
    }
  };
  visit(context);
  return files.sort();
}

interface Rule {
  matches: RegExp;
  /** Written with `!`: lets through what an earlier rule leaves out. */
  keeps: boolean;
}

function readIgnore(text: string): Rule[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const keeps = line.startsWith('!');
    const pattern = (keeps ? line.slice(1).trim() : line).replace(/^\.?\/+/, '').replace(/\/+$/, '');
    return pattern === '' || pattern === '.' ? [] : [{ keeps, matches: new RegExp(`^${pattern.split('/').map(segment).join('/').replace(/(^|\/)<any>\//g, '$1(?:[^/]+/)*').replace(/(^|\/)<any>$/g, '$1.*')}$`) }];
  });
}

/** One part of a pattern between slashes; `**` stands for any number of them. */
function segment(text: string): string {
  if (text === '**') return '<any>';
  return text.replace(/\[!/g, '[^').replace(/[.+(){}|$]/g, '\\$&').replace(/\*+/g, '[^/]*').replace(/\?/g, '[^/]');
}

/** The last rule that matches a path, or a folder it is in, decides. */
function isIgnored(path: string, rules: readonly Rule[]): boolean {
  const parts = path.split('/');
  const all = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  return rules.reduce((ignored, { matches, keeps }) => (all.some((one) => matches.test(one)) ? !keeps : ignored), false);
}
