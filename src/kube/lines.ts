import { asLost, ConnectionLost, type WireResponse } from './wire.js';

/** Splits a body into its lines as they come; a cut on the way is a ConnectionLost. */
export async function* lines({ body, isCut }: WireResponse): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  // Parts of a line that is not complete: joined once, so that a long line costs no more than its length.
  let parts: string[] = [];
  try {
    for await (const chunk of body) {
      const pieces = decoder.decode(chunk as Buffer, { stream: true }).split('\n');
      for (let i = 0; i < pieces.length; i++) {
        parts.push(pieces[i] ?? '');
        if (i === pieces.length - 1) break;
        yield parts.join('');
        parts = [];
      }
    }
  } catch (error) {
    throw asLost(error);
  }
  if (isCut()) throw new ConnectionLost('the connection was cut', { processed: true });
  const rest = parts.join('') + decoder.decode();
  if (rest !== '') yield rest;
}
