import { a } from './missing.js';
import { b } from 'no-such-package';

export default { a, b };
