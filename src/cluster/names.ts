/** The Service under whose name the API server asks the node agent for metrics; the agent's certificate holds it. */
export const metricsService = { name: 'mostik-metrics', namespace: 'kube-system' } as const;

/** The label of nodes whose containers do not run. */
export const simulatedLabel = 'mostik.dev/simulated';
