import { asDict, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import type { Chart } from './chart.js';

/**
 * The values a chart renders with, as Helm makes them: the user's over the chart's over those of its subcharts, `global` handed
 * down, null taking a default away. Subcharts whose condition or tags are off are left out of `active`.
 */
export function coalesce(chart: Chart, user: Dict): { values: Dict; active: Map<Chart, Chart[]> } {
  const active = new Map<Chart, Chart[]>();
  return { values: withDefaults(chart, user, active), active };
}

function withDefaults(chart: Chart, user: Dict, active: Map<Chart, Chart[]>): Dict {
  const names = new Set(chart.subcharts.map((each) => each.chart.name));
  const values: Dict = { ...user };
  for (const [key, value] of Object.entries(asDict(chart.values.data))) {
    const own = values[key];
    if (!Object.hasOwn(values, key)) {
      if (value !== null) values[key] = isDict(value) ? withoutNulls(value) : value;
    } else if (own === null) delete values[key];
    else if (isDict(own) && isDict(value)) values[key] = under(own, value, names.has(key));
  }
  const on = chart.subcharts.filter((each) => isActive(each, values)).map((each) => each.chart);
  active.set(chart, on);
  for (const subchart of on) {
    const own = values[subchart.name] ?? {};
    if (isDict(own)) values[subchart.name] = withDefaults(subchart, withGlobals(own, handedDown(chart, user)), active);
  }
  return values;
}

/** Fills what `over` leaves open; its null takes a default away, unless the map is a subchart's, which decides later. */
function under(over: Dict, below: Dict, keepNull: boolean): Dict {
  const out = { ...over };
  for (const [key, value] of Object.entries(below)) {
    if (!Object.hasOwn(out, key)) {
      if (value !== null || keepNull) out[key] = isDict(value) && !keepNull ? withoutNulls(value) : value;
    } else if (out[key] === null && value !== null && !keepNull) delete out[key];
    else if (isDict(out[key]) && isDict(value)) out[key] = under(out[key], value, keepNull);
  }
  return out;
}

function withoutNulls(map: Dict): Dict {
  return Object.fromEntries(Object.entries(map).flatMap(([key, value]) => (value === null ? [] : [[key, isDict(value) ? withoutNulls(value) : value]])));
}

/** The globals that subcharts get. Helm hands down a default that null took away from the chart itself. */
function handedDown(chart: Chart, user: Dict): unknown {
  const given = user['global'] ?? {};
  return isDict(given) ? under(withoutNulls(given), asDict(asDict(chart.values.data)['global']), false) : given;
}

function withGlobals(own: Dict, given: unknown): Dict {
  return isDict(given) ? { ...own, global: under(given, asDict(own['global']), true) } : own;
}

function isActive({ condition, tags }: Chart['subcharts'][number], values: Dict): boolean {
  for (const path of (condition ?? '').split(',')) {
    const value = path.trim() === '' ? undefined : valueAt(values, ...path.trim().split('.'));
    if (typeof value === 'boolean') return value;
  }
  const switches = tags.map((tag) => valueAt(values, 'tags', tag)).filter((value) => typeof value === 'boolean');
  return switches.length === 0 || switches.includes(true);
}
