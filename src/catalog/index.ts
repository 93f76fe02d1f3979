/** A component that `use:` names. */
export interface CatalogEntry {
  name: string;
}

/** Every component of the catalog, by name. */
export const catalog: readonly CatalogEntry[] = [];
