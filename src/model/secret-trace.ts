/** Secret values by name: declared ones, and what random template functions made (`generated/COMPONENT/N`). */
export type SecretTable = ReadonlyMap<string, string>;
