import type { LiveModel } from '../operate/models.js';

/** The published form of a platform's models. */
export function modelsJson(platform: string, models: readonly LiveModel[]): object {
  return { version: 1, platform, models };
}
