import { describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import type { Desired } from '../model/index.js';
import { noFlags } from '../plan/index.js';
import { differences, essenceOf, parseRehearsal, requireRehearsed } from './essence.js';
import type { Essence } from './schema.js';
import { sampleRehearsal } from './sample-rehearsal.js';

const desired = (replicas = 1, more: Partial<Desired> = {}): Desired => ({
  name: 'shop', source: { path: 'platform.yaml' }, profiles: [], kubernetes: '1.36', secrets: new Map(), diagnostics: [],
  components: [{ name: 'web', after: [], wave: 0, data: false, timeoutSeconds: 300, external: [] }],
  objects: [{ component: 'web', ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }, object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas } }, at: { file: 'web.yaml', line: 1 }, keep: false }],
  ...more,
});
const base: Essence['base'] = { kind: 'generation', generation: 3, cluster: 'c1', profiles: ['dev'] };
const essence = essenceOf(desired(), base, noFlags);

describe('the essence of a plan', () => {
  test('does not move with the place of a line', () => {
    const moved = desired();
    moved.objects[0]!.at = { file: 'elsewhere.yaml', line: 9 };
    expect(essenceOf(moved, base, noFlags)).toEqual(essence);
  });

  test('names each object, component, flag and base that differs', () => {
    expect(differences(essence, essenceOf(desired(2), base, noFlags))).toEqual(['Deployment/shop/web: what it should be has changed']);
    expect(differences(essence, essenceOf(desired(1, { objects: [] }), base, noFlags))).toEqual(['Deployment/shop/web is no longer there']);
    expect(differences(essence, essenceOf(desired(), base, { ...noFlags, replace: ['Job/shop/x'] }))).toEqual(['the flags for replace were [] and are ["Job/shop/x"]']);
    expect(differences(essence, essenceOf(desired(), { ...base, generation: 4 }, noFlags))).toEqual(['it started from generation 3, the cluster is at generation 4']);
    expect(differences(essence, essenceOf(desired(), { ...base, cluster: 'c2' }, noFlags))).toEqual(['it started from the state of another cluster']);
    expect(differences(essence, essenceOf(desired(1, { kubernetes: '1.35' }), base, noFlags))).toEqual(['it is for another version of Kubernetes']);
    const slower = desired(1, { components: [{ ...desired().components[0]!, timeoutSeconds: 5 }] });
    expect(differences(essence, essenceOf(slower, base, noFlags))).toEqual(['component web: what it should be has changed']);
  });

  test('made without a cluster fits the first apply to any, and no later one', () => {
    const nothing = essenceOf(desired(), { kind: 'nothing', generation: 0, cluster: null, profiles: [] }, noFlags);
    expect(differences(nothing, essenceOf(desired(), { kind: 'nothing', generation: 0, cluster: 'c1', profiles: [] }, noFlags))).toEqual([]);
    expect(differences(nothing, essence)).toEqual(['it started from nothing, the cluster is at generation 3']);
  });

  test('that started from a profile never fits', () => {
    const profile = essenceOf(desired(), { kind: 'profile', generation: 0, cluster: 'c1', profiles: ['dev'] }, noFlags);
    expect(differences(profile, essence)).toEqual(['it started from profile dev, not from generation 3 of the cluster']);
  });
});

describe('a report that is demanded', () => {
  const now = { platform: 'shop', essence };
  const refused = (act: () => void): MostikError => {
    try {
      act();
    } catch (error) {
      if (error instanceof MostikError) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  test('lets exactly its plan through', () => {
    expect(() => { requireRehearsed(sampleRehearsal({ essence }), now, 'r.json'); }).not.toThrow();
  });

  test('refuses another plan, another platform and a failure with exit 6', () => {
    expect(refused(() => { requireRehearsed(sampleRehearsal({ essence }), { ...now, essence: essenceOf(desired(2), base, noFlags) }, 'r.json'); })).toMatchObject({ exitCode: 6, message: 'r.json: is the rehearsal of another plan: Deployment/shop/web: what it should be has changed' });
    expect(refused(() => { requireRehearsed(sampleRehearsal({ essence, platform: 'other' }), now, 'r.json'); }).message).toBe('r.json: is the rehearsal of another plan: it is about platform other, not shop');
    const failed = sampleRehearsal({ essence, outcome: 'failed', problems: [{ kind: 'failed', message: 'web: crashed' }] });
    expect(refused(() => { requireRehearsed(failed, now, 'r.json'); })).toMatchObject({ exitCode: 6, message: 'r.json: the rehearsal of shop ended as failed: web: crashed' });
  });

  test('is read back as it was written, and anything else says what is wrong', () => {
    const report = sampleRehearsal({ essence });
    expect(parseRehearsal(JSON.stringify(report), 'r.json')).toEqual(report);
    expect(refused(() => { parseRehearsal('{', 'r.json'); })).toMatchObject({ exitCode: 3, message: expect.stringContaining('it is not JSON') });
    expect(refused(() => { parseRehearsal(JSON.stringify({ ...report, version: 2 }), 'r.json'); }).message).toContain('version');
  });
});
