import { choose } from './choose.js';

export default choose('moon');
