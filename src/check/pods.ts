export { containersOf, podsOf, type PodContainer, type Pods } from '../model/pods.js';
