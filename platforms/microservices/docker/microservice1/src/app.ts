import { runService } from '../../web-app/start.js';
import { notes } from './notes.js';

await runService(notes);
