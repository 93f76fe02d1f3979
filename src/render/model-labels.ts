import { modelLabels, type ResolvedModel } from '../model/index.js';

/** Labels of what stands for a model. */
export function labelsOf({ name, version, runtime, server }: ResolvedModel): Record<string, string> {
  return { [modelLabels.name]: name, [modelLabels.version]: version, [modelLabels.runtime]: runtime, [modelLabels.server]: server };
}
