import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-server.js';
import type { Service } from './service.js';

const MAX_BODY_BYTES = 16 * 1024;
/** How much of a body that is refused is read all the same: a connection closed on unread bytes is reset, and takes the refusal with it. */
const MAX_REFUSED_BYTES = 4 * 1024 * 1024;

/** The one text of a JSON body such as `{"text": "hello"}`: trimmed, not empty, not too long. Throws HttpError. */
export async function readText(request: IncomingMessage, { field, maxLength }: Service['input']): Promise<string> {
  const type = request.headers['content-type'] ?? 'nothing';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpError(415, 'unsupported_media_type', `Content-Type: expected application/json, got ${type}.`);
  }
  const body = parse(await readBody(request));
  const value = typeof body === 'object' && body !== null && Object.hasOwn(body, field) ? Reflect.get(body, field) : undefined;
  if (typeof value !== 'string') throw invalid(`${field}: expected a text, got ${kindOf(value)}. Send for example {"${field}": "hello"}.`);
  const text = value.trim();
  if (text === '') throw invalid(`${field}: expected a text, got an empty one.`);
  // PostgreSQL cannot store this one character in a text.
  if (text.includes('\0')) throw invalid(`${field}: the character U+0000 cannot be stored.`);
  const { length } = [...text];
  if (length > maxLength) throw invalid(`${field}: expected at most ${maxLength} characters, got ${length}.`);
  return text;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Without this option, leaving the loop would cut the connection before the refusal is sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_REFUSED_BYTES) break;
    if (size <= MAX_BODY_BYTES) chunks.push(bytes);
  }
  if (size > MAX_BODY_BYTES) throw new HttpError(413, 'too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`, { connection: 'close' });
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The body is not valid JSON.');
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

function invalid(message: string): HttpError {
  return new HttpError(400, 'invalid', message);
}
