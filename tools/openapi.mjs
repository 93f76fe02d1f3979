// Makes schemas/: what Kubernetes and well-known operators say their objects look like, compressed, without descriptions.
// `--write` makes it; without it the pinned versions are compared, and the newest Kubernetes with the API server of the
// engine, where there is one. Sources: the API server itself, and Go modules (tools/schema-sources.json).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import { finish } from './generated.mjs';
import { definitionsOf, kubernetesFile, refined, withoutDescriptions } from './openapi-definitions.mjs';
import { liveDocuments } from './openapi-live.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'schemas');
const sources = JSON.parse(readFileSync(new URL('schema-sources.json', import.meta.url), 'utf8'));
const engineVersion = readFileSync(join(root, 'engine/cluster/go.mod'), 'utf8').match(/^\s*k8s\.io\/kubernetes (v\S+)$/m)[1];
const command = 'npm run update:openapi';
const generated = 'src/model/shipped-schemas.generated.ts';

if (process.argv.includes('--write')) await update();
else await verify();

async function update() {
  mkdirSync(join(folder, 'licences'), { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.br')) rmSync(join(folder, name));
  const documents = await liveDocuments();
  if (!documents) throw new Error('no cluster engine: name its folder in MOSTIK_ENGINE_DIR, or build it with `bin/mostik engine install`');
  const live = definitionsOf(documents);
  // The API server leaves out what is switched off by default; its module has that too.
  const newest = { ...definitionsOf(moduleDocuments(engineVersion)), ...live };
  write(minorOf(engineVersion), kubernetesFile(`API server ${engineVersion}`, newest));
  for (const version of sources.kubernetes.versions) {
    const definitions = refined(definitionsOf(moduleDocuments(version)), newest);
    write(minorOf(version), kubernetesFile(`${sources.kubernetes.module} ${version}`, definitions));
  }
  for (const operator of sources.operators) write(operator.name, operatorFile(operator));
  const kubernetes = moduleFolder(sources.kubernetes.module, engineVersion);
  writeFileSync(join(folder, 'licences', 'Apache-2.0.txt'), readFileSync(join(kubernetes, 'LICENSE')));
  for (const { name, module, version, licence } of sources.operators) {
    if (licence === 'Apache-2.0') continue;
    const dir = moduleFolder(module, version);
    writeFileSync(join(folder, 'licences', `${name}.txt`), readFileSync(join(dir, readdirSync(dir).find((file) => /^licen[cs]e/i.test(file)))));
  }
  finish(texts(), command);
}

async function verify() {
  finish(texts(), command);
  const documents = await liveDocuments();
  if (!documents) {
    console.log('skipped the comparison with the API server: no cluster engine is there (MOSTIK_ENGINE_DIR)');
    return;
  }
  const live = definitionsOf(documents);
  const shipped = read(minorOf(engineVersion));
  const expected = kubernetesFile('', live).definitions;
  const differing = Object.keys(expected).filter((name) => JSON.stringify(expected[name]) !== JSON.stringify(shipped.definitions[name]));
  if (differing.length === 0) return;
  console.error(`schemas/ differs from what the API server ${engineVersion} says: ${differing.slice(0, 5).join(', ')}. Run ${command}`);
  process.exit(1);
}

function write(name, content) {
  const text = JSON.stringify(content);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  const file = fileOf(name);
  if (existsSync(file) && JSON.stringify(read(name)) === text) return;
  writeFileSync(file, brotliCompressSync(text, { params }));
  console.log(`wrote ${file.slice(root.length)}`);
}

function fileOf(name) {
  return join(folder, /^\d/.test(name) ? `kubernetes-${name}.json.br` : `${name}.json.br`);
}

function read(name) {
  return JSON.parse(brotliDecompressSync(readFileSync(fileOf(name))));
}

function minorOf(version) {
  return version.match(/^v(\d+\.\d+)/)[1];
}

/** The files that a release of Kubernetes publishes, made by its own API server. */
function moduleDocuments(version) {
  const dir = join(moduleFolder(sources.kubernetes.module, version), 'api/openapi-spec/v3');
  return readdirSync(dir).filter((name) => /__v\d\w*_openapi\.json$/.test(name)).map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')));
}

function moduleFolder(module, version) {
  const text = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8', cwd: fileURLToPath(new URL('.', import.meta.url)) });
  return JSON.parse(text).Dir;
}

/** The schemas of an operator's CRDs, by `group/version/Kind`. */
function operatorFile({ module, version, folder: inside }) {
  const dir = join(moduleFolder(module, version), inside);
  const kinds = {};
  const scopes = {};
  for (const name of readdirSync(dir).sort()) {
    if (!/\.ya?ml$/.test(name) || name === 'kustomization.yaml' || /definition/.test(name)) continue;
    for (const document of parseAllDocuments(readFileSync(join(dir, name), 'utf8'))) addCrd(document.toJS(), { kinds, scopes });
  }
  if (Object.keys(kinds).length === 0) throw new Error(`${dir} holds no CRDs`);
  return { source: `${module} ${version}`, scopes, kinds };
}

function addCrd(crd, { kinds, scopes }) {
  if (crd?.kind !== 'CustomResourceDefinition') return;
  const { group, names, scope, versions } = crd.spec;
  scopes[`${group}/${names.kind}`] = scope;
  for (const { name, served, schema, deprecated, deprecationWarning } of versions) {
    if (!served) continue;
    kinds[`${group}/${name}/${names.kind}`] = { schema: withoutDescriptions(schema.openAPIV3Schema), ...(deprecated ? { deprecated: deprecationWarning ?? true } : {}) };
  }
}

/** The files that are read by people and by the code: which schemas there are, and where they come from. */
function texts() {
  const versions = [...sources.kubernetes.versions.map(minorOf), minorOf(engineVersion)];
  const missing = [...versions, ...sources.operators.map(({ name }) => name)].filter((name) => !existsSync(fileOf(name)));
  if (missing.length > 0) {
    console.error(`schemas/ lacks ${missing.join(', ')}. Run ${command}`);
    process.exit(1);
  }
  const stale = [...sources.kubernetes.versions.map((version) => [minorOf(version), `${sources.kubernetes.module} ${version}`]), [minorOf(engineVersion), `API server ${engineVersion}`], ...sources.operators.map(({ name, module, version }) => [name, `${module} ${version}`])]
    .filter(([name, source]) => read(name).source !== source);
  if (stale.length > 0) {
    console.error(`schemas/ is not of the pinned versions: ${stale.map(([name]) => name).join(', ')}. Run ${command}`);
    process.exit(1);
  }
  const operators = sources.operators.map(({ name }) => ({ name, scopes: read(name).scopes }));
  const table = operators.map(({ name, scopes }) => `  '${name}': {\n${Object.entries(scopes).map(([kind, scope]) => `    '${kind}': '${scope}',`).join('\n')}\n  },`).join('\n');
  const code = `// Generated by \`npm run update:openapi\`. Do not edit.

/** Kubernetes minor versions whose schemas are shipped, oldest first. */
export const schemaVersions: readonly string[] = [${versions.map((version) => `'${version}'`).join(', ')}];

/** Operators whose schemas are shipped: their kinds (\`group/Kind\`), and where those live. */
export const operatorKinds: Readonly<Record<string, Readonly<Record<string, 'Cluster' | 'Namespaced'>>>> = {
${table}
};
`;
  return { [generated]: code, 'schemas/readme.md': readme(versions) };
}

function readme(versions) {
  const digest = (name) => createHash('sha256').update(JSON.stringify(read(name))).digest('hex').slice(0, 12);
  const row = (name, source, licence) => `| \`${fileOf(name).slice(folder.length + 1)}\` | ${source} | ${licence} | ${digest(name)} |`;
  return `# Schemas
What objects look like, as their servers say it, descriptions left out. Made by \`npm run update:openapi\`, compared by \`npm run verify:openapi\`.
The published files of older Kubernetes versions have no enums and call fields required that never were; both are taken from ${versions.at(-1)}.

| file | from | licence | content |
|---|---|---|---|
${versions.map((name) => row(name, read(name).source, 'Apache-2.0')).join('\n')}
${sources.operators.map(({ name, licence }) => row(name, read(name).source, licence)).join('\n')}

The licences are in \`licences/\`. The prometheus-operator CRDs come with this notice: Copyright 2016 The prometheus-operator Authors, licensed under the Apache License, Version 2.0.
`;
}
