/** Sentences of the status line on a run. */
import type { Settings } from '../settings/settings.js';
import { trainingWords as words } from '../words/training.js';
import { locale } from '../words/language.js';
import type { Portion } from './attempt.js';
import { isAsOpened, skillOf } from './run.js';
import type { Run } from './run.js';

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** The digits that a run is validated on, in words. */
function heldOutOf(settings: Settings): string {
  return settings.data === 'mnist'
    ? 'validated on the 10,000 digits of MNIST’s test files'
    : 'validated on generated digits it has not seen';
}

/** "91" of 100; all of them only where all were right. */
function outOfHundred(accuracy: number): number {
  return accuracy < 1 ? Math.min(99, Math.round(100 * accuracy)) : 100;
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.5) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The position of a run: "epoch 4 of 60". */
function position({ epoch, settings }: Run): string {
  const epochs = settings?.epochs ?? 1;
  return `epoch ${Math.min(Math.floor(epoch + 1e-9) + 1, epochs)} of ${epochs}`;
}

/** While it learns. */
export function epochSentence(run: Run): string {
  if (!run.settings) return '';
  const [first, rest] = [position(run).charAt(0).toUpperCase(), position(run).slice(1)];
  return sentences(`${first}${rest}, ${heldOutOf(run.settings)}.`, run.note);
}

/** When all its epochs are done: how good it has become, in what time, beside the pretrained network. */
export function resultSentence(run: Run): string {
  const { settings, valAccuracy, rivalAccuracy, milliseconds, note } = run;
  if (!settings) return '';
  const trained = `Trained for ${plural(settings.epochs, 'epoch')}, ${heldOutOf(settings)}`;
  if (valAccuracy === undefined) return sentences(`${trained}.`, note);
  const right = `${outOfHundred(valAccuracy)} of 100 right`;
  if (skillOf(run) === 'none') {
    return sentences(
      `${trained}: it has learned nothing. ${right}, and guessing gets 10. Try another learning rate or activation.`,
      note,
    );
  }
  const rival = rivalAccuracy === undefined ? '' : `; the pretrained one: ${outOfHundred(rivalAccuracy)}`;
  return sentences(`${trained}: ${right}, in ${duration(milliseconds)}${rival}.`, note);
}

export function stopSentence(run: Run): string {
  return run.epoch > 0 ? `Stopped in ${position(run)}. Continue goes on from here.` : 'Stopped.';
}

/** After a step or an epoch, where others are left. */
export function portionSentence({ epoch, settings, loss, valAccuracy, step }: Run): string {
  const { epochs } = settings!;
  const begun = Math.floor(epoch + 1e-9);
  const written = (value: number): string => value.toLocaleString(locale);
  if (epoch - begun < 1e-8) {
    return words.epochDone({ epoch: written(begun), epochs: written(epochs), right: outOfHundred(valAccuracy ?? 0) });
  }
  return words.stepped({
    batch: written(step!.batch),
    batches: written(step!.batches),
    epoch: written(begun + 1),
    epochs: written(epochs),
    loss: (loss ?? NaN).toLocaleString(locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 }),
  });
}

/** After Undo; without a run where there was no network of the visitor's own. */
export function undoneSentence(portion: Portion, run?: Run): string {
  const { epoch = 0, settings, opened } = run ?? {};
  if (!settings) return sentences(words.undone[portion], words.atStart);
  if (opened && epoch === 0) return sentences(words.undone[portion], openedSentence(run!));
  const at = Math.min(Math.floor(epoch + 1e-9) + 1, settings.epochs);
  return sentences(words.undone[portion], words.at(at.toLocaleString(locale), settings.epochs.toLocaleString(locale)));
}

/** When a network has been taken out of a file. */
export function openedSentence(run: Run): string {
  return `The network of ${run.opened!.name} answers now.`;
}

/** After a reload that came before the first checkpoint. */
export const CUT_OFF = 'Your run was cut off before its first checkpoint. Its settings are back; Train begins it anew.';

/** After a reload, or when Reset is undone. */
export function broughtBack(run: Run): string {
  if (isAsOpened(run)) return openedSentence(run);
  return run.phase === 'done'
    ? `Your network is back. ${resultSentence(run)}`
    : `Your network is back, in ${position(run)}. Continue goes on from here.`;
}

/** After the death of a worker, for the rest of the run. */
export function replacedNote(run: Run): string {
  return run.epoch > 0
    ? `The training worker stopped; a new one went on from epoch ${run.epoch.toFixed(1)}.`
    : 'The training worker stopped; a new one began again.';
}

/** After a change of its settings, for the rest of the run. */
export function changedNote({ epoch }: Run): string {
  return `Its settings were changed at epoch ${epoch.toFixed(1)}.`;
}

export function failureSentence(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (/out of memory|allocation failed|not enough memory/i.test(reason)) {
    return 'There is not enough memory for this. Try fewer digits or smaller layers.';
  }
  return `Training failed. ${reason.replace(/^mlp-wasm: the worker/, 'The training worker')}`;
}

function sentences(...all: (string | undefined)[]): string {
  return all.filter(Boolean).join(' ');
}
