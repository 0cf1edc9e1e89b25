/** Sentences of the status line on a run. */
import { trainingWords as words } from '../words/training.js';
import { words as firstView } from '../words/first-view.js';
import { fixed, whole } from '../words/numbers.js';
import type { Portion } from './attempt.js';
import { isAsOpened, skillOf } from './run.js';
import type { Run } from './run.js';

const { run: say } = firstView;

/** "91" of 100; all of them only where all were right. */
function outOfHundred(accuracy: number): string {
  return whole(accuracy < 1 ? Math.min(99, Math.round(100 * accuracy)) : 100);
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.5) return `${fixed(seconds, 1)} s`;
  if (seconds < 99.5) return `${whole(Math.round(seconds))} s`;
  return `${whole(Math.floor(seconds / 60))} min ${whole(Math.round(seconds % 60))} s`;
}

/** The epoch that a run is in, and of how many. */
function position({ epoch, settings }: Run): [epoch: string, epochs: string] {
  const epochs = settings?.epochs ?? 1;
  return [whole(Math.min(Math.floor(epoch + 1e-9) + 1, epochs)), whole(epochs)];
}

/** While it learns. */
export function epochSentence(run: Run): string {
  if (!run.settings) return '';
  return sentences(say.epoch(...position(run), say.heldOut[run.settings.data]), run.note);
}

/** When all its epochs are done: how good it has become, in what time, beside the pretrained network. */
export function resultSentence(run: Run): string {
  const { settings, valAccuracy, rivalAccuracy, milliseconds, note } = run;
  if (!settings) return '';
  const trained = say.trained(settings.epochs, say.heldOut[settings.data]);
  if (valAccuracy === undefined) return sentences(`${trained}.`, note);
  const right = say.right(outOfHundred(valAccuracy));
  if (skillOf(run) === 'none') {
    return sentences(`${trained}: ${say.nothingLearned(right)}`, note);
  }
  const rival = rivalAccuracy === undefined ? '' : say.rival(outOfHundred(rivalAccuracy));
  return sentences(`${trained}: ${right}${say.time(duration(milliseconds))}${rival}.`, note);
}

export function stopSentence(run: Run): string {
  return run.epoch > 0 ? say.stoppedIn(say.position(...position(run))) : say.stopped;
}

/** After a step or an epoch, where others are left. */
export function portionSentence({ epoch, settings, loss, valAccuracy, step }: Run): string {
  const { epochs } = settings!;
  const begun = Math.floor(epoch + 1e-9);
  if (epoch - begun < 1e-8) {
    return words.epochDone({ epoch: whole(begun), epochs: whole(epochs), right: outOfHundred(valAccuracy ?? 0) });
  }
  return words.stepped({
    batch: whole(step!.batch),
    batches: whole(step!.batches),
    epoch: whole(begun + 1),
    epochs: whole(epochs),
    loss: fixed(loss ?? NaN, 4),
  });
}

/** After Undo; without a run where there was no network of the visitor's own. */
export function undoneSentence(portion: Portion, run?: Run): string {
  const { epoch = 0, settings, opened } = run ?? {};
  if (!settings) return sentences(words.undone[portion], words.atStart);
  if (opened && epoch === 0) return sentences(words.undone[portion], openedSentence(run!));
  return sentences(words.undone[portion], words.at(...position(run!)));
}

/** When a network has been taken out of a file. */
export function openedSentence(run: Run): string {
  return say.opened(run.opened!.name);
}

/** After a reload that came before the first checkpoint. */
export const CUT_OFF = say.cutOff;

/** After a reload, or when Reset is undone. */
export function broughtBack(run: Run): string {
  if (isAsOpened(run)) return openedSentence(run);
  return run.phase === 'done' ? sentences(say.back, resultSentence(run)) : say.backIn(say.position(...position(run)));
}

/** After the death of a worker, for the rest of the run. */
export function replacedNote(run: Run): string {
  return run.epoch > 0 ? say.replacedIn(fixed(run.epoch, 1)) : say.replaced;
}

export function failureSentence(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (/out of memory|allocation failed|not enough memory/i.test(reason)) {
    return say.memory;
  }
  const ofWorker = /^mlp-wasm: the worker ([^:]*)/;
  return say.failed(reason.replace(ofWorker, (_, end: string) => say.worker(end)));
}

function sentences(...all: (string | undefined)[]): string {
  return all.filter(Boolean).join(' ');
}
