export { checkChartValues } from './check-chart-values.js';
