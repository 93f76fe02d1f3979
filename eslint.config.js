import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What is a slip in any JavaScript. */
const mistakes = Object.fromEntries(
  [
    'no-async-promise-executor', 'no-cond-assign', 'no-const-assign', 'no-constant-binary-expression', 'no-debugger',
    'no-dupe-args', 'no-dupe-else-if', 'no-dupe-keys', 'no-duplicate-case', 'no-empty', 'no-fallthrough', 'no-func-assign', 'no-irregular-whitespace',
    'no-loss-of-precision', 'no-prototype-builtins', 'no-redeclare', 'no-regex-spaces', 'no-self-assign', 'no-sparse-arrays', 'no-unreachable',
    'no-unsafe-finally', 'no-unsafe-negation', 'no-unsafe-optional-chaining', 'no-unused-labels', 'no-useless-catch', 'no-useless-escape',
    'no-var', 'prefer-const', 'require-yield', 'use-isnan', 'valid-typeof', 'eqeqeq',
  ].map((rule) => [rule, 'error']),
);

/** Rules of the house that no plug-in has; each says what to do instead. */
const houseRules = [
  {
    selector: "Property[key.name='shell'][value.value=true]",
    message: 'Start programs without a shell: pass the arguments as a list.',
  },
  {
    selector: "CallExpression[callee.name=/^exec(Sync)?$/]",
    message: 'exec runs a shell: use execFile or spawn with a list of arguments.',
  },
  {
    selector: "MemberExpression[object.name=/^(it|test|describe|suite)$/][property.name='only']",
    message: 'A focused test hides all the others.',
  },
  {
    selector: "TSAsExpression > TSAsExpression[typeAnnotation.type='TSUnknownKeyword']",
    message: 'Read unknown data through the readers of src/lib/read-unknown.ts.',
  },
  {
    selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
    message: 'Only src/cli and programs of their own end the process: throw a MostikError.',
  },
];
const forProgramsOfTheirOwn = houseRules.filter((rule) => !rule.selector.includes("'exit'"));

export default defineConfig(
  globalIgnores(['dist/', '.mostik/', 'bench/.run-*/', 'coverage/', 'node_modules/', '**/*.generated.ts', 'platforms/*/docker/', 'platforms/*/helm-chart/', 'test/samples/', 'bench/results/']),
  { rules: mistakes },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Indexing gives `T | undefined` (noUncheckedIndexedAccess); where a loop or a check above rules that out, `!` says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `return resolve(value)` ends a function in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // It takes classes of CommonJS packages for strangers of their own instances.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A name that a rule of the API demands is there to be ignored.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      // It does not see what a callback changes, and takes data from outside at the word of its type.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // Objects here are closures behind an interface, not classes: their functions need no `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      'no-restricted-syntax': ['error', ...houseRules],
      'max-params': ['error', 4],
    },
  },
  {
    // Data tables and generated text may be long; code that passes these has a second thing in it.
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/cli/**/*.ts', '**/*-main.ts', 'src/index.ts'],
    rules: { 'no-restricted-syntax': ['error', ...forProgramsOfTheirOwn] },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off', '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}', 'bin/mostik'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'fetch', 'AbortSignal', 'AbortController', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Buffer', 'performance', 'TextDecoder'].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-restricted-syntax': ['error', ...forProgramsOfTheirOwn], 'no-undef': 'error', 'no-unused-vars': ['error', { caughtErrors: 'none', varsIgnorePattern: '^_' }] },
  },
  {
    // What a browser runs.
    files: ['platforms/*/services/frontend/site/**/*.js'],
    languageOptions: { globals: Object.fromEntries(['document', 'navigator', 'location', 'FormData', 'localStorage', 'sessionStorage', 'window'].map((name) => [name, 'readonly'])) },
  },
  {
    files: ['bin/mostik', '**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', __filename: 'readonly' } },
    rules: { 'no-var': 'off' },
  },
);
