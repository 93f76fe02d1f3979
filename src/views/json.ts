/** Writes data as JSON for people and programs: two spaces, a line end. */
export function jsonText(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}
