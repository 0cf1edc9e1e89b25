/** The worker of "Your table". */
import { listen } from './listen.js';

listen(import('./table/serve.js'));
