import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { foldersWithoutReadme, importCycles, importsOf, readSources, wrongImports, type Import } from './layers.js';

const src = fileURLToPath(new URL('../src', import.meta.url));

describe('the sources of Mostik', () => {
  const imports = readSources(src).flatMap(importsOf);

  test('are read', () => {
    expect(imports).toContainEqual({ from: 'diagnostics/index.ts', to: 'diagnostics/diagnostic.ts', line: 1, typeOnly: false, late: false });
  });

  test('import only what their layer may', () => {
    expect(wrongImports(imports)).toEqual([]);
  });

  test('have no cycle of run-time imports', () => {
    expect(importCycles(imports)).toEqual([]);
  });

  test('have a short readme.md in each folder', () => {
    expect(foldersWithoutReadme(src)).toEqual([]);
  });
});

describe('the rules notice', () => {
  const planted = (path: string, text: string): string[] => wrongImports(importsOf({ path, text }));

  test('a leaf that imports the model', () => {
    expect(planted('lib/leaf.ts', "import { a } from '../model/index.js';")).toEqual([
      'src/lib/leaf.ts:1 imports src/model/index.ts: lib may import nothing of Mostik',
    ]);
  });

  test('an import of a type, a re-export, a dynamic import and an import() type', () => {
    const text = "import type { A } from '../cli/a.js';\nexport * from '../cli/b.js';\nconst c = await import('../cli/c.js');\ntype D = import('../cli/d.js').D;";
    expect(planted('kube/x.ts', text).map((line) => line.split(':')[1])).toEqual(['1 imports src/cli/a.ts', '2 imports src/cli/b.ts', '3 imports src/cli/c.ts', '4 imports src/cli/d.ts']);
  });

  test('neighbours of one layer that use each other', () => {
    expect(planted('git/x.ts', "import { a } from '../kube/index.js';")).toHaveLength(1);
    expect(planted('operate/x.ts', "import { a } from '../dev/index.js';")).toHaveLength(1);
    expect(planted('views/x.ts', "import { a } from '../server/index.js';")).toHaveLength(1);
    expect(planted('dev/x.ts', "import { a } from '../operate/index.js';")).toEqual([]);
    expect(planted('cli/x.ts', "import { a } from '../views/index.js';")).toEqual([]);
  });

  test('a stage that looks to its right', () => {
    expect(planted('resolve/x.ts', "import { a } from '../render/index.js';")).toHaveLength(1);
    expect(planted('render/x.ts', "import { a } from '../resolve/index.js';\nimport { b } from '../helm/index.js';")).toEqual([]);
  });

  test('a plan that runs code of render instead of using its types', () => {
    expect(planted('plan/x.ts', "import type { A } from '../render/index.js';")).toEqual([]);
    expect(planted('plan/x.ts', "import { type A } from '../render/index.js';")).toEqual([
      'src/plan/x.ts:1 imports src/render/index.ts: plan may use render by type only (import type)',
    ]);
  });

  test('a folder that nobody has put into the table', () => {
    expect(planted('util/x.ts', "import { a } from '../lib/a.js';")).toEqual([
      'src/util/x.ts:1 imports src/lib/a.ts: util is not in the table of layers (test/layers.ts)',
    ]);
  });

  test('a cycle at run time, but not one of types or late imports', () => {
    const files = (last: string): Import[] => [
      ...importsOf({ path: 'lib/a.ts', text: "import { b } from './b.js';" }),
      ...importsOf({ path: 'lib/b.ts', text: "export * from './c.js';" }),
      ...importsOf({ path: 'lib/c.ts', text: last }),
    ];
    expect(importCycles(files("import { a } from './a.js';"))).toEqual(['lib/a.ts -> lib/b.ts -> lib/c.ts -> lib/a.ts']);
    expect(importCycles(files("import type { a } from './a.js';"))).toEqual([]);
    expect(importCycles(files("const a = () => import('./a.js');"))).toEqual([]);
  });
});
