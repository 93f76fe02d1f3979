export interface Target {
  name: string;
  /** Base address without a slash at its end. */
  url: string;
  /** Whether the service has a database, which must then be connected. */
  database: boolean;
}

/** Reads the targets that the chart hands over as JSON. Throws an Error that names what is wrong. */
export function readTargets(json: string | undefined): Target[] {
  const targets: unknown = JSON.parse(json ?? 'null');
  if (!Array.isArray(targets) || targets.length === 0) throw new Error('SMOKE_TARGETS: expected a JSON list of targets, got ' + String(json));
  return targets.map((target: unknown) => {
    if (isTarget(target)) return target;
    throw new Error(`SMOKE_TARGETS: expected { name, url, database }, got ${JSON.stringify(target)}`);
  });
}

function isTarget(value: unknown): value is Target {
  return (
    typeof value === 'object' && value !== null &&
    'name' in value && typeof value.name === 'string' &&
    'url' in value && typeof value.url === 'string' &&
    'database' in value && typeof value.database === 'boolean'
  );
}
