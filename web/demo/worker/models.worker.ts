/** The worker that writes and reads files of models: off the page's thread, and gone when it is done. */
import { listen } from './listen.js';

listen(import('./serve-models.js'));
