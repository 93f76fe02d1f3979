// Tells within milliseconds whether dist/ and node_modules/ belong to the sources. bin/mostik asks at every start.
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** Nothing to install and nothing to build. */
function isCurrent(root) {
  return dependenciesAreCurrent(root) && distIsCurrent(root);
}

/** Whether what was installed last belongs to package-lock.json as it is. */
function dependenciesAreCurrent(root) {
  return existsSync(join(root, 'node_modules')) && read(installedFile(root)) === stampOf([join(root, 'package-lock.json')]);
}

/** Notes that node_modules/ belongs to package-lock.json. */
function noteDependencies(root) {
  mkdirSync(join(root, '.mostik'), { recursive: true });
  writeFileSync(installedFile(root), stampOf([join(root, 'package-lock.json')]));
}

/** Whether dist/ was built from the sources as they are. */
function distIsCurrent(root) {
  return read(join(root, 'dist', '.stamp')) === sourceStamp(root);
}

/** Path, time and size of everything a build reads. */
function sourceStamp(root) {
  return stampOf([join(root, 'tools', 'build.mjs'), ...sources(join(root, 'src'))]);
}

function sources(folder) {
  const files = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...sources(path));
    else if (/\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) files.push(path);
  }
  return files;
}

function stampOf(files) {
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function installedFile(root) {
  return join(root, '.mostik', 'installed');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

module.exports = { isCurrent, dependenciesAreCurrent, noteDependencies, distIsCurrent, sourceStamp };
