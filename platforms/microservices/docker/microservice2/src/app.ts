import { runService } from '../../web-app/start.js';
import { visits } from './visits.js';

await runService(visits);
