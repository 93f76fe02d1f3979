import { modelLabels, type ResolvedModel } from '../model/index.js';

/** Labels of what stands for a model. */
export function labelsOf({ name, version, runtime, server, traffic }: ResolvedModel): Record<string, string> {
  const divided: Record<string, string> = traffic === undefined ? {} : { [modelLabels.traffic]: String(traffic) };
  return { [modelLabels.name]: name, [modelLabels.version]: version, [modelLabels.runtime]: runtime, [modelLabels.server]: server, ...divided };
}
