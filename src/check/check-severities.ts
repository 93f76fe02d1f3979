import { diagnose, isCode, knownCodes, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';

/** Finds codes in `spec.checks.severity` that no finding has. */
export function checkSeverities(platform: ResolvedPlatform, _desired: Desired): Diagnostic[] {
  return Object.keys(platform.checks.severity).flatMap((code) => {
    if (isCode(code)) return [];
    const near = didYouMean(code, knownCodes());
    const hint = near === undefined ? 'docs/errors.md lists the codes' : `did you mean ${near}?`;
    return [diagnose('severity-unknown', { code, hint }, platform.locate(['checks', 'severity', code], 'key'))];
  });
}
