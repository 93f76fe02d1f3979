import { describe, expect, it } from 'vitest';
import { apiErrorOf, conflictsOf, isAlreadyExists, isConflict, isForbidden, isInvalid, isNotFound, isStale, type Asked } from './api-error.js';
import { warningsOf } from './objects.js';
import { readablePath } from './server-path.js';

const asked: Asked = { verb: 'apply', subject: 'Deployment/a/web', resource: 'deployments.apps', context: 'work', server: 'https://x', user: 'ann' };
const error = (status: number, body: object | string): ReturnType<typeof apiErrorOf> => apiErrorOf(asked, status, Buffer.from(typeof body === 'string' ? body : JSON.stringify({ kind: 'Status', code: status, ...body })));

describe('errors of the API server', () => {
  it('tells kinds of refusal apart by their reason', () => {
    expect(isNotFound(error(404, { reason: 'NotFound' }))).toBe(true);
    expect(isAlreadyExists(error(409, { reason: 'AlreadyExists' }))).toBe(true);
    expect(isConflict(error(409, { reason: 'AlreadyExists' }))).toBe(false);
    expect(isConflict(error(409, { reason: 'Conflict' }))).toBe(true);
    expect(isForbidden(error(403, { reason: 'Forbidden' }))).toBe(true);
    expect(isInvalid(error(422, { reason: 'Invalid' }))).toBe(true);
    expect(isNotFound(new Error('NotFound'))).toBe(false);
    expect(isNotFound(error(404, '404 page not found'))).toBe(true);
  });

  it('tells a stale object from a conflict of fields', () => {
    const fields = error(409, { reason: 'Conflict', details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "helm" using apps/v1', field: '.spec.replicas' }] } });
    expect(isStale(fields)).toBe(false);
    expect(isStale(error(409, { reason: 'Conflict', message: 'uid mismatch' }))).toBe(true);
    expect(isStale(error(422, { reason: 'Invalid', details: { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid' }] } }))).toBe(true);
    expect(isStale(error(422, { reason: 'Invalid', details: { causes: [{ reason: 'FieldValueInvalid', field: 'spec.replicas' }] } }))).toBe(false);
  });

  it('reads manager and field of each conflict', () => {
    const causes = [
      { reason: 'FieldManagerConflict', message: 'conflict with "kube-controller-manager" with subresource "scale" using apps/v1 at 2026-01-01T00:00:00Z', field: '.spec.replicas' },
      { reason: 'FieldManagerConflict', message: 'conflict with "helm" using apps/v1', field: '.spec.template.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].name' },
    ];
    expect(conflictsOf(error(409, { reason: 'Conflict', details: { causes } }))).toEqual([
      { manager: 'kube-controller-manager', field: 'spec.replicas' },
      { manager: 'helm', field: 'spec.template.spec.containers[web].ports[80,TCP].name' },
    ]);
    expect(conflictsOf(new Error('x'))).toEqual([]);
  });

  it('reads as a sentence with its exit code', () => {
    expect(error(422, { reason: 'Invalid', message: 'spec.replicas: must not be negative' })).toMatchObject({
      exitCode: 1,
      message: 'Deployment/a/web: apply refused by the API server: spec.replicas: must not be negative',
    });
    expect(error(403, { reason: 'Forbidden', message: 'deployments.apps "web" is forbidden: User "ann" cannot patch resource' })).toMatchObject({ exitCode: 4, diagnostics: [{ code: 'not-allowed' }] });
    expect(error(403, { reason: 'Forbidden', message: 'pods "web" is forbidden: exceeded quota' })).toMatchObject({ exitCode: 1, diagnostics: [{ code: 'request-refused' }] });
    expect(error(502, '<html>bad gateway')).toMatchObject({ message: 'Deployment/a/web: apply refused by the API server: <html>bad gateway' });
  });
});

describe('texts of the API server', () => {
  it('turns paths into the readable form', () => {
    expect(readablePath('.metadata.annotations.example.org/x')).toBe('metadata.annotations.example.org/x');
    expect(readablePath('.metadata.finalizers[="a]b"].x')).toBe('metadata.finalizers[a]b].x');
    expect(readablePath('spec.containers[0].name')).toBe('spec.containers[0].name');
    expect(readablePath('')).toBe('');
  });

  it('reads warnings, with quotes and commas in them', () => {
    expect(warningsOf('299 - "a \\"b\\", c", 299 kube "d"')).toEqual(['a "b", c', 'd']);
    expect(warningsOf(['299 - "a"', '299 - "b"'])).toEqual(['a', 'b']);
    expect(warningsOf(undefined)).toEqual([]);
  });
});
