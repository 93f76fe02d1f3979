export { checkChartValues } from './check-chart-values.js';
export { inLibrary, installLibrary, isInstallTemplate, type InstalledLibrary } from './library.js';
