import type { KeyObject } from 'node:crypto';
import { Document, parseDocument } from 'yaml';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { asDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { documentText } from '../lib/write-yaml.js';
import { seal, unseal, type SealTarget } from './seal.js';
import { describeTarget, sealedSecretObject, type SealedSecret } from './sealed-secret.js';
import type { SealingCertificate } from './sealing-keys.js';

/** What is to be in a sealed file. */
export interface SealRequest {
  /** As messages name it. */
  file: string;
  /** What the file holds. */
  existing?: { sealedSecret: SealedSecret; text: string } | undefined;
  target: SealTarget;
  values: Readonly<Record<string, Buffer>>;
  /** What of the Secret stays readable; that of the file when it is not given. */
  template?: Dict | undefined;
  /** Values that the user asked for by name: one that is sealed and cannot be compared is then an error. */
  asked: ReadonlySet<string>;
  /** Values of the file that are not given are dropped. */
  whole: boolean;
}

/** What a value is sealed with, and what opens the one that is there. */
export interface SealTools {
  certificate: SealingCertificate;
  keys: readonly KeyObject[];
  /** Seals also what is sealed already. */
  again: boolean;
}

/** `sealed` is new, `changed` has another value, `again` is sealed anew, `moved` too, for another place, `same` and `not-compared` are left alone, `dropped` is gone. */
export type SealOutcome = 'sealed' | 'changed' | 'again' | 'moved' | 'same' | 'not-compared' | 'dropped';

/** The new text of a sealed file; undefined when nothing changes. */
export interface Sealing {
  text?: string;
  outcomes: Record<string, SealOutcome>;
}

/** Seals values into a file. What is sealed there and still has its value keeps its bytes. Throws when something cannot be told or carried over. */
export function sealInto(request: SealRequest, tools: SealTools): Sealing {
  const { existing, target, file } = request;
  const before = existing?.sealedSecret;
  const moved = before !== undefined && !samePlace(before.target, target);
  const sealing: Working = { items: {}, outcomes: {}, closed: [] };
  for (const [item, value] of Object.entries(request.values)) sealOne({ item, value, before: before?.items[item], from: moved ? undefined : before?.target }, { request, tools, sealing });
  if (sealing.closed.length > 0) throw new MostikError([diagnose('sealed-already', { file, names: `${sealing.closed.join(', ')} ${sealing.closed.length === 1 ? 'is' : 'are'}` })]);
  if (before) carryOver(before, moved, { request, tools, sealing });
  const template = request.template ?? before?.template ?? {};
  const changes = Object.values(sealing.outcomes).some((outcome) => outcome !== 'same' && outcome !== 'not-compared');
  const retold = before !== undefined && (moved || canonicalJson(target) !== canonicalJson(before.target) || !sameTemplate(before, { target, template }));
  if (!changes && !retold && before) return { outcomes: sealing.outcomes };
  const text = existing && !retold ? replaceItems(existing.text, sealing.items, file) : newText({ target, items: sealing.items, template }, file);
  return { text, outcomes: sealing.outcomes };
}

interface Working {
  items: Record<string, string>;
  outcomes: Record<string, SealOutcome>;
  /** Asked for by name, sealed already, and no key at hand opens them. */
  closed: string[];
}

interface Around {
  request: SealRequest;
  tools: SealTools;
  sealing: Working;
}

/** `from` is the place that the value in the file was sealed for; undefined when it must be sealed anew whatever it is. */
interface Item {
  item: string;
  value: Buffer;
  before: string | undefined;
  from: SealTarget | undefined;
}

function sealOne({ item, value, before, from }: Item, { request, tools, sealing }: Around): void {
  const keep = (outcome: SealOutcome, sealed?: string): void => {
    sealing.items[item] = sealed ?? seal(value, tools.certificate.publicKey, request.target);
    sealing.outcomes[item] = outcome;
  };
  if (before === undefined) return keep('sealed');
  if (from === undefined) return keep('moved');
  const opened = unseal(before, tools.keys, from);
  if ('value' in opened && !opened.value.equals(value)) return keep('changed');
  if (tools.again) return keep('again');
  if ('value' in opened) return keep('same', before);
  if (request.asked.has(item)) sealing.closed.push(item);
  keep('not-compared', before);
}

/** What the file holds beside the given values: kept, dropped, or sealed for its new place. */
function carryOver(before: SealedSecret, moved: boolean, { request, tools, sealing }: Around): void {
  const closed: string[] = [];
  for (const [item, sealed] of Object.entries(before.items)) {
    if (Object.hasOwn(request.values, item)) continue;
    if (request.whole) sealing.outcomes[item] = 'dropped';
    else if (!moved) sealing.items[item] = sealed;
    else {
      const opened = unseal(sealed, tools.keys, before.target);
      if (!('value' in opened)) closed.push(item);
      else {
        sealing.items[item] = seal(opened.value, tools.certificate.publicKey, request.target);
        sealing.outcomes[item] = 'moved';
      }
    }
  }
  const params = { file: request.file, before: describeTarget(before.target), now: describeTarget(request.target), names: closed.join(', ') };
  if (closed.length > 0) throw new MostikError([diagnose('sealed-elsewhere', params)]);
}

/** Tells whether what was sealed for one place opens in the other. */
function samePlace(a: SealTarget, b: SealTarget): boolean {
  if (a.scope !== b.scope) return false;
  if (a.scope === 'cluster-wide') return true;
  return a.namespace === b.namespace && (a.scope === 'namespace-wide' || a.name === b.name);
}

/** Compares what would be written, so that defaults and order do not count. */
function sameTemplate(before: SealedSecret, after: Pick<SealedSecret, 'target' | 'template'>): boolean {
  const written = (each: Pick<SealedSecret, 'target' | 'template'>): string => canonicalJson(sealedSecretObject({ ...each, items: {} }));
  return written(before) === written(after);
}

const comment = ' Sealed by mostik secrets seal: safe in Git. Only the private key of its certificate opens it, and only under this name.';

function newText(sealedSecret: Pick<SealedSecret, 'target' | 'items' | 'template'>, file: string): string {
  const object = sealedSecretObject(sealedSecret);
  if (file.endsWith('.json')) return `${JSON.stringify(object, undefined, 2)}\n`;
  const document = new Document(object, { aliasDuplicateObjects: false });
  if (document.contents) document.contents.commentBefore = comment;
  return documentText(document);
}

/** Comments and whatever else stands in the file stay. */
function replaceItems(text: string, items: Record<string, string>, file: string): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core', stringKeys: true });
  const before = Object.keys(asDict(valueAt(document.toJS(), 'spec', 'encryptedData')));
  if (before.length === 0) document.setIn(['spec', 'encryptedData'], document.createNode({}));
  for (const item of before) if (!Object.hasOwn(items, item)) document.deleteIn(['spec', 'encryptedData', item]);
  for (const [item, sealed] of Object.entries(items)) if (document.getIn(['spec', 'encryptedData', item]) !== sealed) document.setIn(['spec', 'encryptedData', item], sealed);
  return file.endsWith('.json') ? `${JSON.stringify(document.toJS(), undefined, 2)}\n` : documentText(document);
}
