import { fullImageName } from '../lib/image-name.js';

/** An image registry as the names of its images have it: `name:port/path:tag`. */
export interface Registry {
  name: string;
  port: number;
}

/** The part of an image's name before its path. */
export function registryHost({ name, port }: Registry): string {
  return `${name}:${port}`;
}

/** Tells whether an image's name points at a registry. */
export function isOfRegistry(image: string, registry: Registry): boolean {
  return fullImageName(image).startsWith(`${registryHost(registry)}/`);
}
