import { diagnose, MostikError, type Diagnostic } from '../../diagnostics/index.js';
import { ApiError, type Kube } from '../../kube/index.js';
import { formatRef, keyOf, refOf, type KubeObject } from '../../model/index.js';
import { stageManager } from '../staged-kube.js';
import { copyOf } from './copy-of.js';

/** What became of copies: uids of those that are there, and those that the throw-away cluster refused. */
export interface Copies {
  uids: Map<string, string>;
  refused: Diagnostic[];
}

/**
 * Makes copies of live objects, each with the field managers it has there, so that a plan finds what it would find in the
 * live cluster. What is there already takes the labels and annotations of the original.
 */
export async function makeCopies(stage: Kube, originals: readonly KubeObject[], { uids, refused }: Copies): Promise<void> {
  await Promise.all(
    originals.map(async (original) => {
      try {
        const made = await makeOne(stage, original);
        uids.set(keyOf(refOf(original)), made.metadata.uid ?? '');
      } catch (error) {
        if (!(error instanceof ApiError) && !(error instanceof MostikError)) throw error;
        refused.push(diagnose('rehearse-not-copied', { object: formatRef(refOf(original)), reason: error instanceof ApiError ? error.text : error.message }));
      }
    }),
  );
}

async function makeOne(stage: Kube, original: KubeObject): Promise<KubeObject> {
  const copy = copyOf(original);
  const ref = refOf(copy);
  const there = await stage.get(ref);
  const made = there
    ? await stage.patch(ref, { type: 'merge', body: { metadata: { labels: copy.metadata.labels ?? {}, annotations: copy.metadata.annotations ?? {} } } }, { fieldManager: stageManager })
    : await stage.create(copy, { fieldManager: stageManager });
  const managed = (original.metadata.managedFields ?? []).filter(({ subresource }) => !subresource);
  if (managed.length === 0) return made;
  return stage.patch(ref, { type: 'json', operations: [{ op: 'replace', path: '/metadata/managedFields', value: managed }] }, { fieldManager: stageManager });
}
