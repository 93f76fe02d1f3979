import { createHash } from 'node:crypto';
import { catalogEntry, formatLocation, type Diagnostic, type Location, type Severity } from '../diagnostics/index.js';
import { ownVersion } from '../lib/version.js';

/** The long text of a code. */
export type Explain = (code: Diagnostic['code']) => string;

const levels: Record<Severity, 'error' | 'warning' | 'note'> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0, as code scanners take it: rules with their reason and way out, results with place and fingerprint. */
export function sarif(diagnostics: readonly Diagnostic[], explain: Explain): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))];
  const prints = fingerprints(diagnostics);
  const results = diagnostics.map((diagnostic, i) => ({
    ruleId: diagnostic.code,
    ruleIndex: codes.indexOf(diagnostic.code),
    level: levels[diagnostic.severity],
    message: { text: textOf(diagnostic) },
    locations: diagnostic.at === undefined ? [] : [sarifLocation(diagnostic.at)],
    partialFingerprints: { 'mostik/v1': prints[i] },
    ...(diagnostic.component === undefined ? {} : { properties: { component: diagnostic.component } }),
  }));
  const driver = { name: 'mostik', version: ownVersion(), semanticVersion: ownVersion(), rules: codes.map((code) => sarifRule(code, explain)) };
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }] };
}

function sarifRule(code: Diagnostic['code'], explain: Explain): object {
  const { severity, message, hint } = catalogEntry(code);
  const long = explain(code);
  const [first = ''] = long.split('\n');
  return {
    id: code,
    shortDescription: { text: message.replace(/%(\w+)%/g, '‹$1›') },
    fullDescription: { text: first },
    help: { text: hint === undefined ? long : `${long}\n\nWay out: ${hint.replace(/%(\w+)%/g, '‹$1›')}`, markdown: long },
    defaultConfiguration: { level: levels[severity] },
  };
}

function sarifLocation(at: Location): object {
  if ('object' in at) return { logicalLocations: [{ fullyQualifiedName: at.object }] };
  const region = at.line === undefined ? {} : { region: { startLine: at.line, ...(at.column === undefined ? {} : { startColumn: at.column }) } };
  return { physicalLocation: { artifactLocation: { uri: at.file.split('/').map(encodeURIComponent).join('/') }, ...region } };
}

/** JUnit: a suite for each component, a case for each finding, and one that passes when there is none, since some readers refuse an empty suite. */
export function junit(diagnostics: readonly Diagnostic[]): string {
  const suites = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const name = diagnostic.component ?? 'platform';
    suites.set(name, [...(suites.get(name) ?? []), diagnostic]);
  }
  if (suites.size === 0) suites.set('platform', []);
  const written = [...suites].flatMap(([name, own]) => [`  <testsuite name="${xml(`mostik check: ${name}`)}" ${counts(own)}>`, ...(own.length === 0 ? ['    <testcase classname="mostik" name="no findings"/>'] : own.map(testCase)), '  </testsuite>']);
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counts(diagnostics)}>`, ...written, '</testsuites>', ''].join('\n');
}

function testCase(diagnostic: Diagnostic): string {
  const { code, severity, at, message } = diagnostic;
  const file = at !== undefined && 'file' in at ? ` file="${xml(at.file)}"${at.line === undefined ? '' : ` line="${at.line}"`}` : '';
  const open = `<testcase classname="${xml(code)}" name="${xml(at === undefined ? code : formatLocation(at))}"${file}>`;
  const body = severity === 'error' ? `<failure type="${xml(code)}" message="${xml(message)}">${xml(textOf(diagnostic))}</failure>` : `<system-out>${xml(`${severity}: ${textOf(diagnostic)}`)}</system-out>`;
  return `    ${open}${body}</testcase>`;
}

function counts(diagnostics: readonly Diagnostic[]): string {
  return `tests="${Math.max(1, diagnostics.length)}" failures="${diagnostics.filter(({ severity }) => severity === 'error').length}" errors="0" skipped="0"`;
}

const severities: Record<Severity, string> = { error: 'major', warning: 'minor', info: 'info' };

/** GitLab's Code Quality report. */
export function codeQuality(diagnostics: readonly Diagnostic[]): object[] {
  const prints = fingerprints(diagnostics);
  return diagnostics.map(({ at, code, message, hint, severity }, i) => ({
    type: 'issue',
    check_name: code,
    description: hint === undefined ? message : `${message} (${hint})`,
    categories: ['Bug Risk'],
    severity: severities[severity],
    fingerprint: prints[i],
    location: { path: pathOf(at), lines: { begin: at !== undefined && 'file' in at ? (at.line ?? 1) : 1 } },
  }));
}

/**
 * What tells findings apart from one run to the next. Lines are left out, so that a finding stays the same when lines are
 * added above; of two that are alike the second is counted.
 */
function fingerprints(diagnostics: readonly Diagnostic[]): string[] {
  const seen = new Map<string, number>();
  return diagnostics.map(({ at, code, message }) => {
    const text = `${code}\n${pathOf(at)}\n${message}`;
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    return createHash('sha256').update(count === 0 ? text : `${text}\n${count}`).digest('hex');
  });
}

function pathOf(at: Location | undefined): string {
  if (at === undefined) return '.';
  return 'file' in at ? at.file : at.object;
}

function textOf({ message, hint }: Diagnostic): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}

/** Text as XML takes it, in attributes too. */
export function xml(text: string): string {
  // XML has no letters for most control characters, nor for halves of pairs.
  const safe = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd');
  return safe.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\n', '&#10;');
}
