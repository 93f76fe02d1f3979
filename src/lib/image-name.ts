/** The full name of an image, as container runtimes keep it: `shop` is `docker.io/library/shop:latest`. */
export function fullImageName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? name : rest.length > 0 ? `docker.io/${name}` : `docker.io/library/${name}`;
  return /[:@][^/]*$/.test(path) ? path : `${path}:latest`;
}

/** A full name without what a runtime adds: `docker.io/library/shop:latest` is `shop:latest`. */
export function shortImageName(name: string): string {
  return name.replace(/^docker\.io\/(library\/)?/, '');
}

/** The same image under another tag. */
export function withTag(name: string, tag: string): string {
  return `${fullImageName(name).replace(/@.*$/, '').replace(/:[^/:]*$/, '')}:${tag}`;
}

/** How a name ends that stands for what an image was built from; people are shown the others. */
export const contentTag = /:content-[0-9a-f]{16}$/;
