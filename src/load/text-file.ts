import { open, stat } from 'node:fs/promises';
import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';

/** What a file is to the user, and where it was named. */
export interface FileRole {
  /** `Platform file`, `-f`: heads the message. */
  what: string;
  /** Path as the user would write it. */
  shown: string;
  at?: Location;
}

const limit = 2 * 1024 * 1024;

/** Reads a UTF-8 text of at most 2 MiB; anything else is one Diagnostic. */
export async function readTextFile(file: string, role: FileRole): Promise<{ text: string } | { diagnostic: Diagnostic }> {
  const { what, shown, at } = role;
  try {
    const found = await stat(file);
    if (!found.isFile()) {
      const problem = found.isDirectory() ? 'it is a folder' : 'it is not an ordinary file';
      return { diagnostic: diagnose('file-unreadable', { what, path: shown, problem, hint: 'name a file' }, at) };
    }
    const handle = await open(file);
    try {
      // Read to one byte past the limit only: a file may be larger than its size says (/proc), or grow.
      const bytes = Buffer.alloc(Math.min(found.size > 0 ? found.size : limit, limit) + 1);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      if (bytesRead > limit || found.size > limit) {
        return { diagnostic: diagnose('file-too-much', { path: shown, problem: `more than ${limit / 1024 / 1024} MiB` }, { file: shown }) };
      }
      return decode(bytes.subarray(0, bytesRead), shown);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { diagnostic: unreadable(error, role) };
  }
}

/** Decodes UTF-8 with the place of the first byte that is not. */
export function decode(bytes: Uint8Array, shown: string): { text: string } | { diagnostic: Diagnostic } {
  const not = (problem: string, line?: number) => {
    const at: Location = line === undefined ? { file: shown } : { file: shown, line, column: 1 };
    return { diagnostic: diagnose('file-encoding', { path: shown, problem }, at) };
  };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return not('it looks like UTF-16');
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const part = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (part.includes(0)) return not('it holds a NUL byte', line);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(part);
    } catch {
      return not(`byte 0x${badByte(part).toString(16)} on this line`, line);
    }
    if (end < 0) break;
    start = end + 1;
  }
  return { text: new TextDecoder('utf-8').decode(bytes) };
}

function badByte(part: Uint8Array): number {
  const text = new TextDecoder('utf-8').decode(part);
  const good = new TextEncoder().encode(text.slice(0, text.indexOf('\uFFFD')));
  return part[good.length] ?? 0;
}

function unreadable(error: unknown, { what, shown, at }: FileRole): Diagnostic {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return diagnose('file-not-found', { what, path: shown, hint: '' }, at);
  const problem = code === 'EACCES' || code === 'EPERM' ? 'this user may not read it' : code === 'ELOOP' ? 'its symbolic links go round in a circle' : code;
  return diagnose('file-unreadable', { what, path: shown, problem, hint: '' }, at);
}
