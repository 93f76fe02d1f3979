import type { FileHandle } from 'node:fs/promises';

/** Writes all of the bytes at a position: one write may take fewer, on a disk that is getting full. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
