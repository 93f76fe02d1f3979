export { renderPlatform, type RenderOptions } from './render.js';
export { withSecretValues } from './secret-values.js';
export { toList } from './list.js';
export { examine, examineCache, type Examined, type ObjectExamined, type ObjectProblem, type Verdict } from './examine.js';
export { judgeExamples, type JudgedExample } from './policy-examples.js';
export { parametersObject, policyName, policyObjects, type PolicyTarget } from './policy-objects.js';
