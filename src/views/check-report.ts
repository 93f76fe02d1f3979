import { createHash } from 'node:crypto';
import type { FormatOptions } from '../diagnostics/format.js';
import { formatLocation, type Diagnostic, type Location, type Severity } from '../diagnostics/index.js';
import { diagnosticCounts, diagnosticsText } from './diagnostics.js';
import { diagnosticsJson } from './diagnostics-json.js';
import { jsonText } from './json.js';
import type { Look } from './look.js';
import { plural } from './text.js';

/** What a check found. */
export interface CheckFindings {
  diagnostics: readonly Diagnostic[];
  exitCode: number;
  components: number;
  objects: number;
}

/** Writes what a check found for a person, or in the form a tool reads. */
export function checkReport(found: CheckFindings, form: 'text' | 'json' | 'sarif' | 'junit' | 'codequality', { look, ...options }: { look: Look } & Pick<FormatOptions, 'read'>): string {
  switch (form) {
    case 'text':
      return textReport(found, look, options);
    case 'json':
      return jsonText(diagnosticsJson(found.diagnostics, found.exitCode));
    case 'sarif':
      return jsonText(sarif(found.diagnostics));
    case 'junit':
      return junit(found.diagnostics);
    case 'codequality':
      return jsonText(found.diagnostics.map(codeQuality));
  }
}

function textReport({ diagnostics, components, objects }: CheckFindings, look: Look, options: Pick<FormatOptions, 'read'>): string {
  const findings = diagnosticsText(diagnostics, look, options);
  const counts = diagnosticCounts(diagnostics);
  const checked = components === 0 ? '' : `${plural(components, 'component')}, ${plural(objects, 'object')}: `;
  const isBad = diagnostics.some(({ severity }) => severity === 'error');
  const verdict = counts === '' ? look.style.good(`✓ ${checked}no findings`) : isBad ? look.style.bad(`✗ ${checked}${counts}`) : look.style.warn(`▲ ${checked}${counts}`);
  return [findings, verdict].filter((part) => part !== '').join('\n\n');
}

/** SARIF 2.1.0, as code scanners take it. */
function sarif(diagnostics: readonly Diagnostic[]): object {
  const levels: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' };
  const results = diagnostics.map((diagnostic) => ({
    ruleId: diagnostic.code,
    level: levels[diagnostic.severity],
    message: { text: textOf(diagnostic) },
    locations: diagnostic.at === undefined ? [] : [sarifLocation(diagnostic.at)],
  }));
  const rules = [...new Set(diagnostics.map(({ code }) => code))].map((id) => ({ id }));
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [{ tool: { driver: { name: 'mostik', rules } }, results }] };
}

function sarifLocation(at: Location): object {
  if ('object' in at) return { logicalLocations: [{ fullyQualifiedName: at.object }] };
  const region = at.line === undefined ? {} : { region: { startLine: at.line, ...(at.column === undefined ? {} : { startColumn: at.column }) } };
  return { physicalLocation: { artifactLocation: { uri: at.file }, ...region } };
}

/** One test case per finding, and one that passes when there is none, since some readers refuse an empty suite. */
function junit(diagnostics: readonly Diagnostic[]): string {
  const failures = diagnostics.filter(({ severity }) => severity === 'error').length;
  const cases = diagnostics.map((diagnostic) => {
    const open = `<testcase classname="${xml(diagnostic.code)}" name="${xml(diagnostic.at === undefined ? diagnostic.code : formatLocation(diagnostic.at))}">`;
    const body = diagnostic.severity === 'error' ? `<failure message="${xml(diagnostic.message)}">${xml(textOf(diagnostic))}</failure>` : `<system-out>${xml(`${diagnostic.severity}: ${textOf(diagnostic)}`)}</system-out>`;
    return `    ${open}${body}</testcase>`;
  });
  if (cases.length === 0) cases.push('    <testcase classname="mostik" name="no findings"/>');
  const head = `tests="${cases.length}" failures="${failures}"`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${head}>`, `  <testsuite name="mostik check" ${head}>`, ...cases, '  </testsuite>', '</testsuites>', ''].join('\n');
}

/** GitLab's Code Quality report; the fingerprint leaves lines out, so that a finding keeps it when lines are added above. */
function codeQuality(diagnostic: Diagnostic): object {
  const { at, code, message, severity } = diagnostic;
  const path = at === undefined ? '.' : 'file' in at ? at.file : at.object;
  const severities: Record<Severity, string> = { error: 'major', warning: 'minor', info: 'info' };
  return {
    check_name: code,
    description: message,
    severity: severities[severity],
    fingerprint: createHash('sha256').update(`${code}\n${path}\n${message}`).digest('hex'),
    location: { path, lines: { begin: at !== undefined && 'file' in at ? (at.line ?? 1) : 1 } },
  };
}

function textOf({ message, hint }: Diagnostic): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}

function xml(text: string): string {
  const safe = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd');
  return safe.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
