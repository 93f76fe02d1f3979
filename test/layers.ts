import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/**
 * Who may import whom, by folder of src/: the table of the layers, bottom first. `types` are folders whose types alone
 * may be used; `*` stands for every folder above it in the table.
 */
const table: Record<string, { may: string[]; types?: string[] }> = {
  lib: { may: [] },
  diagnostics: { may: ['lib'] },
  model: { may: ['lib', 'diagnostics'] },
  engine: { may: ['lib', 'diagnostics'] },
  // What follows from objects alone: who reaches whom, what fits where. Used by checks and by what runs a cluster.
  ...all(['network', 'capacity'], { may: ['lib', 'diagnostics', 'model'] }),
  ...all(['kube', 'helm', 'git', 'secrets', 'cluster'], { may: ['lib', 'diagnostics', 'model', 'engine', 'network', 'capacity'] }),
  ...stages(['load', 'catalog', 'resolve', 'render', 'check'], { render: ['helm'], check: ['git'] }),
  plan: { may: [...words(), 'kube'], types: ['load', 'catalog', 'resolve', 'render', 'check'] },
  apply: { may: [...words(), 'kube', 'plan'], types: ['load', 'catalog', 'resolve', 'render', 'check'] },
  'pipeline.ts': { may: ['*'] },
  ...all(['operate', 'reconcile'], { may: ['*'] }),
  // Both bring clusters up.
  ...all(['rehearse', 'dev'], { may: ['*', 'operate'] }),
  controllers: { may: ['*'] },
  server: { may: ['*'] },
  views: { may: ['*'] },
  cli: { may: ['*', 'views'] },
  // What a user's platform file imports: types of the model, and of the catalog.
  'index.ts': { may: ['model', 'catalog'] },
};
/** Folders of one layer, where `*` does not reach. */
const layers = [['operate', 'rehearse', 'reconcile', 'controllers', 'dev'], ['server', 'views', 'cli', 'index.ts']];

function words(): string[] {
  return ['lib', 'diagnostics', 'model', 'engine', 'network', 'capacity'];
}

function all(folders: string[], rule: { may: string[] }): Record<string, { may: string[] }> {
  return Object.fromEntries(folders.map((folder) => [folder, rule]));
}

/** Each stage may use those to its left. */
function stages(folders: string[], more: Record<string, string[]>): Record<string, { may: string[] }> {
  return Object.fromEntries(folders.map((folder, i) => [folder, { may: [...words(), ...folders.slice(0, i), ...(more[folder] ?? [])] }]));
}

/** A source file: its path below src/, and its text. */
export interface Source {
  path: string;
  text: string;
}

/** An import of another file of src/. */
export interface Import {
  from: string;
  to: string;
  line: number;
  typeOnly: boolean;
  /** `import()`: runs when both files are loaded long since, so it closes no ring. */
  late: boolean;
}

/** Reads every file of a folder that is shipped: tests may set their stage with any part. */
export function readSources(src: string): Source[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(src, file), text: readFileSync(file, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every import that the table does not allow, in words. */
export function wrongImports(imports: Import[]): string[] {
  return imports.flatMap((entry) => {
    const reason = whyWrong(entry);
    return reason === undefined ? [] : [`src/${entry.from}:${entry.line} imports src/${entry.to}: ${reason}`];
  });
}

function whyWrong({ from, to, typeOnly }: Import): string | undefined {
  const [own, other] = [folderOf(from), folderOf(to)];
  if (own === other) return undefined;
  const rule = table[own];
  if (!rule) return `${own} is not in the table of layers (test/layers.ts)`;
  if (!table[other]) return `${other} is not in the table of layers (test/layers.ts)`;
  if (rule.may.includes(other) || (rule.may.includes('*') && isBelow(other, own))) return undefined;
  if (rule.types?.includes(other)) return typeOnly ? undefined : `${own} may use ${other} by type only (import type)`;
  const allowed = rule.may.map((name) => (name === '*' ? 'what is below it' : name)).join(', ') || 'nothing of Mostik';
  return `${own} may import ${allowed}`;
}

function isBelow(other: string, own: string): boolean {
  const order = Object.keys(table);
  const together = layers.some((layer) => layer.includes(other) && layer.includes(own));
  return !together && order.indexOf(other) < order.indexOf(own);
}

/** The folder of src/ a file lies in, or its own name when it lies in src/ itself. */
function folderOf(path: string): string {
  return path.split('/')[0] ?? path;
}

/** Every chain of run-time imports that comes back to its start, as `a.ts -> b.ts -> a.ts`. */
export function importCycles(imports: Import[]): string[] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports.filter(({ typeOnly, late }) => !typeOnly && !late)) edges.set(from, [...(edges.get(from) ?? []), to]);
  const cycles = new Set<string>();
  const done = new Set<string>();
  const walk = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.add([...path.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  return [...cycles];
}

/** Static and dynamic imports, re-exports and `import('...')` types of a file, as far as they name files of src/. */
export function importsOf({ path, text }: Source): Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean, late = false): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.')) return;
    const to = join(dirname(path), specifier.text).replace(/\.js$/, '.ts');
    found.push({ from: path, to, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, typeOnly, late });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, node.arguments[0], false, true);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Folders of src/ that hold code but no readme.md, or one of more than 20 lines. */
export function foldersWithoutReadme(src: string): string[] {
  return readdirSync(src, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(src, entry.name)).some((name) => name.endsWith('.ts')))
    .flatMap(({ name }) => {
      const readme = join(src, name, 'readme.md');
      if (!existsSync(readme)) return [`src/${name} has no readme.md`];
      const lines = readFileSync(readme, 'utf8').trimEnd().split('\n').length;
      return lines > 20 ? [`src/${name}/readme.md has ${lines} lines, at most 20 are read`] : [];
    });
}
