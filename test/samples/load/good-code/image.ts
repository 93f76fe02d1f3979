export const image = (name: string): string => `registry.example.org/${name}:1`;
