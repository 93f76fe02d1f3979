import { diagnose, MostikError } from '../diagnostics/index.js';

/** Reads the number of a generation. */
export function readGenerationNumber(given: string | undefined, where: string): number {
  if (!isGenerationNumber(given)) throw new MostikError([diagnose('argument-invalid', { where, expected: 'the number of a generation, as mostik history lists it', value: JSON.stringify(given ?? '') })]);
  return Number(given);
}

/** Tells `[GEN] [DIR]` apart: a folder of digits is named `./3`. */
export function splitGeneration([first, second]: readonly string[], where: string): { generation: number | undefined; dir: string | undefined } {
  if (second === undefined && !isGenerationNumber(first)) return { generation: undefined, dir: first };
  return { generation: readGenerationNumber(first, where), dir: second };
}

function isGenerationNumber(given: string | undefined): boolean {
  return given !== undefined && /^[1-9]\d{0,8}$/.test(given);
}
