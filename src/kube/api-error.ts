import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { asDict, asList, asNumber, asString, type Dict } from '../lib/read-unknown.js';
import { readablePath } from './server-path.js';

/** One of the reasons behind a refusal, with the field it is about. */
export interface Cause {
  reason: string;
  message: string;
  /** As the server writes it: `.spec.replicas`, `spec.containers[0].name`. */
  field?: string;
}

/** What was asked of the API server. */
export interface Asked {
  /** `list`, `get`, `apply`, ...: the word of a message. */
  verb: string;
  /** Names the object or the kind. */
  subject: string;
  /** Plural and group, as in a role: `deployments.apps`. */
  resource: string;
  context: string;
  server: string;
  user: string;
}

/** The API server answered with an error. Uncaught, it reads as a Diagnostic with its exit code. */
export class ApiError extends MostikError {
  override name = 'ApiError';
  readonly status: number;
  /** The Status reason: `NotFound`, `Conflict`, `AlreadyExists`, `Invalid`, ... */
  readonly reason: string;
  /** The server's own text. */
  readonly text: string;
  readonly causes: Cause[];
  readonly asked: Asked;

  constructor(asked: Asked, answer: { status: number; reason: string; text: string; causes: Cause[] }) {
    super([describe(asked, answer)]);
    this.status = answer.status;
    this.reason = answer.reason;
    this.text = answer.text;
    this.causes = answer.causes;
    this.asked = asked;
  }
}

/** Makes the error of an answer with a status of 400 or more. */
export function apiErrorOf(asked: Asked, status: number, body: Buffer): ApiError {
  return new ApiError(asked, readStatus(status, body));
}

/** Makes the error of a Status object, as in a watch's ERROR event. */
export function statusError(asked: Asked, status: Dict): ApiError {
  return new ApiError(asked, fromStatus(status, asNumber(status['code']) ?? 500));
}

function readStatus(code: number, body: Buffer): { status: number; reason: string; text: string; causes: Cause[] } {
  const text = body.toString('utf8').trim();
  try {
    const status = asDict(JSON.parse(text));
    if (status['kind'] === 'Status') return fromStatus(status, code);
  } catch {
    // Not a Status: a proxy in between, or a plain text answer.
  }
  return { status: code, reason: '', text: text.slice(0, 300) || `HTTP ${code}`, causes: [] };
}

function fromStatus(status: Dict, code: number): { status: number; reason: string; text: string; causes: Cause[] } {
  const causes = asList(asDict(status['details'])['causes']).map((entry) => {
    const { reason, message, field } = asDict(entry);
    return { reason: asString(reason) ?? '', message: asString(message) ?? '', ...(asString(field) ? { field: asString(field) ?? '' } : {}) };
  });
  return { status: code, reason: asString(status['reason']) ?? '', text: asString(status['message']) ?? `HTTP ${code}`, causes };
}

function describe(asked: Asked, answer: { status: number; text: string }): Diagnostic {
  const { subject, verb, resource, context, server, user } = asked;
  if (answer.status === 401) return diagnose('credentials-refused', { context, server, user });
  const reason = answer.text;
  if (answer.status === 403 && /is forbidden: User /.test(reason)) return diagnose('not-allowed', { subject, verb, resource, reason });
  return diagnose('request-refused', { subject, verb, reason });
}

const hasReason = (error: unknown, reason: string, status: number): error is ApiError =>
  error instanceof ApiError && (error.reason === reason || (error.reason === '' && error.status === status));

/** There is no such object, or its namespace or kind is not there. */
export const isNotFound = (error: unknown): error is ApiError => hasReason(error, 'NotFound', 404);

/** Another writer was first: a field of another manager, or another resourceVersion. For preconditions see `isStale`. */
export const isConflict = (error: unknown): error is ApiError => hasReason(error, 'Conflict', 409);

/** An object of this name is there already. */
export const isAlreadyExists = (error: unknown): error is ApiError => error instanceof ApiError && error.reason === 'AlreadyExists';

/** The user may not do this, or an admission check refused it (`Forbidden` is also what quotas and policies answer). */
export const isForbidden = (error: unknown): error is ApiError => hasReason(error, 'Forbidden', 403);

/** The object breaks a rule of its kind; `causes` names the fields. */
export const isInvalid = (error: unknown): error is ApiError => hasReason(error, 'Invalid', 422);

/** The server no longer has the history that a watch or the next page needs. */
export const isExpired = (error: unknown): error is ApiError => error instanceof ApiError && (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone');

/** The object is not the one that was meant: another uid or resourceVersion, or gone. Never a conflict of fields. */
export function isStale(error: unknown): error is ApiError {
  // An apply with another uid than the live object's is answered as a change of an immutable field.
  if (isInvalid(error)) return error.causes.some((cause) => cause.field === 'metadata.uid');
  return isConflict(error) && conflictsOf(error).length === 0;
}

/** A field that another manager owns. */
export interface FieldConflict {
  manager: string;
  /** Readable path: `spec.template.spec.containers[web].image`. */
  field: string;
}

/** The fields that stood against a server-side apply; none for any other error. */
export function conflictsOf(error: unknown): FieldConflict[] {
  if (!isConflict(error)) return [];
  return error.causes
    .filter((cause) => cause.reason === 'FieldManagerConflict')
    .map((cause) => ({ manager: /^conflict with "((?:[^"\\]|\\.)*)"/.exec(cause.message)?.[1] ?? '', field: readablePath(cause.field ?? '') }));
}
