export function choose(name: string): never {
  throw new Error(`no planet is called ${name}`);
}
