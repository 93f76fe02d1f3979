import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asDict, asList, asString } from '../lib/read-unknown.js';
import { readYamlText } from '../lib/yaml-text.js';
import { filesBelow, isInside, textOf } from './paths.js';

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The kustomization file of a folder. */
export function kustomizationIn(folder: string): string | undefined {
  return names.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** Tells whether a file is one that makes its folder a kustomization. */
export function isKustomizationFile(file: string): boolean {
  return names.some((name) => file.endsWith(`/${name}`));
}

/**
 * Every file a kustomization can read: those of its folder, and of the folders it builds on (kustomize itself lets files
 * come from nowhere else). `outside` are bases and links that leave the root.
 */
export function kustomizationFiles(folder: string, root: string): { files: string[]; outside: string[] } {
  const files = new Set<string>();
  const outside = new Set<string>();
  const seen = new Set<string>();
  const visit = (base: string): void => {
    if (seen.has(base)) return;
    seen.add(base);
    const below = filesBelow(base, root);
    for (const file of below.files) files.add(file);
    for (const link of below.outside) outside.add(link);
    for (const path of basesOf(base)) {
      if (!isInside(path, root)) outside.add(path);
      else if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) visit(path);
      else if (existsSync(path)) files.add(path);
    }
  };
  visit(folder);
  return { files: [...files], outside: [...outside] };
}

function basesOf(folder: string): string[] {
  const file = kustomizationIn(folder);
  if (!file) return [];
  const data = asDict(readYamlText(textOf(file) ?? '', 'kubernetes').data);
  const entries = ['resources', 'bases', 'components'].flatMap((key) => asList(data[key]));
  return entries.map(asString).flatMap((path) => (path === undefined || path.includes('://') ? [] : [resolve(folder, path)]));
}
