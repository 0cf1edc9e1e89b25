/**
 * The ear of a worker whose parts are loaded when they are needed. What it does is in another file, `serving`, because
 * those parts import what they share with it: were that the worker's own script, WebKit would run it a second time, with
 * a state of its own, and every message would be answered twice.
 */
import { NOT_STARTED } from '../shared/not-started.js';

export function listen<Message>(serving: Promise<{ serve: (message: Message) => void }>): void {
  addEventListener('message', ({ data }: MessageEvent<Message>) => {
    const started = serving.catch((cause: unknown) => {
      throw new Error(NOT_STARTED, { cause });
    });
    // A file that does not come, or an error of what came, is an error of the worker, which the page hears of.
    started.then(({ serve }) => serve(data)).catch(reportError);
  });
}
