/** Owner of the run's buttons, progress bar, status line and figures. */
import type { DataSource } from '../../shared/digit-work.js';
import { layerInWords } from '../../shared/plain-layers.js';
import { element } from '../dom.js';
import { generatedSource } from './digit-sets.js';
import { mnistSource } from '../settings/mnist-files.js';
import { describe, readSettings } from '../settings/settings.js';
import type { FieldName, Settings } from '../settings/settings.js';
import type { PageStore } from '../state.js';
import { words as say } from '../words/first-view.js';
import { fixed, whole } from '../words/numbers.js';
import { trainingWords as words } from '../words/training.js';
import type { Portion } from './attempt.js';
import { goesOn, isAsOpened, isRunning } from './run.js';
import type { Trainer } from './trainer.js';

/** The run that Train would start, or the reason why it cannot. */
function nextRun(store: PageStore): { settings: Settings; source: DataSource } | { reason: string } {
  const { settings, errors } = readSettings(store.state.fields);
  if (!settings) {
    return { reason: say.mend(Object.keys(errors).map((name) => say.fields[name as FieldName])) };
  }
  if (settings.data === 'digits') {
    return { settings, source: generatedSource(settings) };
  }
  const source = mnistSource(store.state.mnist);
  return source ? { settings, source } : { reason: say.needsMnist };
}

/** The same for a step or an epoch, of which there is always one more: it raises the number of epochs. */
function nextPortion(store: PageStore): ReturnType<typeof nextRun> {
  const next = nextRun(store);
  const { run } = store.state;
  if ('reason' in next || run.epoch < next.settings.epochs) return next;
  const settings = { ...next.settings, epochs: Math.floor(run.epoch) + 1 };
  return goesOn(run, settings, next.source.key) ? { ...next, settings } : next;
}

export function mountRunPanel(store: PageStore, trainer: Trainer): void {
  const train = element('train', HTMLButtonElement);
  const pause = element('pause', HTMLButtonElement);
  const stop = element('stop', HTMLButtonElement);
  const reset = element('reset', HTMLButtonElement);
  const undoReset = element('undo-reset', HTMLButtonElement);
  const reason = element('train-reason', HTMLElement);
  const summary = element('run-settings', HTMLElement);
  const progress = element('progress', HTMLProgressElement);
  const status = element('status', HTMLElement);

  element('settings', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const next = nextRun(store);
    if ('settings' in next && !trainer.isBusy) void trainer.train(next.settings, next.source);
  });
  mountPortions(store, trainer);
  pause.addEventListener('click', () => {
    if (store.state.run.phase === 'paused') trainer.resume();
    else trainer.pause();
  });
  stop.addEventListener('click', () => trainer.stop());
  reset.addEventListener('click', () => void trainer.reset());
  undoReset.addEventListener('click', () => void trainer.undoReset());

  store.on(['run', 'fields', 'mnist', 'canUndoReset'], () => {
    const { run, canUndoReset } = store.state;
    const running = isRunning(run.phase);
    const next = nextRun(store);
    const focused = document.activeElement;
    train.disabled = running || 'reason' in next;
    train.textContent =
      'settings' in next && goesOn(run, next.settings, next.source.key) ? say.buttons.goOn : say.buttons.train;
    pause.disabled = stop.disabled = !running;
    reset.disabled = run.phase === 'idle';
    pause.textContent = run.phase === 'paused' ? say.buttons.resume : say.buttons.pause;
    // In the place of Reset, so that the button that brings a run back is where the one was that took it away.
    undoReset.hidden = !(run.phase === 'idle' && canUndoReset);
    reset.hidden = !undoReset.hidden;
    reason.textContent = 'reason' in next && !running ? next.reason : '';
    summary.textContent = summaryOf(store, next);
    // A focused button that is switched off or hidden hands the focus on.
    if (!(focused instanceof HTMLButtonElement) || !focused.closest('.controls')) return;
    if (focused.disabled || focused.hidden) (running ? pause : train.disabled ? reset : train).focus();
  });

  const figures = {
    epoch: element('epoch', HTMLElement),
    rate: element('samples-per-second', HTMLElement),
    loss: element('loss', HTMLElement),
    valAccuracy: element('val-accuracy', HTMLElement),
  };
  store.on(['run'], () => {
    const { run } = store.state;
    const { epoch, settings, samplesPerSecond, loss, valAccuracy } = run;
    progress.value = run.fraction;
    // Digits being made are not yet progress of the training.
    progress.classList.toggle('is-preparing', epoch === 0);
    figures.epoch.textContent =
      settings && epoch > 0
        ? say.epochOf(whole(Math.min(Math.floor(epoch + 1e-9), settings.epochs)), whole(settings.epochs))
        : '';
    figures.rate.textContent = samplesPerSecond ? whole(Math.round(samplesPerSecond)) : '';
    figures.loss.textContent = loss === undefined ? '' : fixed(loss, 4);
    figures.valAccuracy.textContent = valAccuracy === undefined ? '' : fixed(valAccuracy, 4);
  });
  store.on(['status', 'run'], () => {
    const { text, tone } = store.state.status;
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle('is-error', tone === 'error');
    status.classList.toggle('is-result', tone === 'plain' && store.state.run.phase === 'done');
  });
}

/** The buttons of a step, an epoch and their undoing. Out of use they keep the focus, because they soon are in use again. */
function mountPortions(store: PageStore, trainer: Trainer): void {
  const group = element('portions', HTMLElement);
  const [step, epoch, undo] = ['train-step', 'train-epoch', 'undo-training'].map((id) =>
    element(id, HTMLButtonElement),
  );
  group.setAttribute('aria-label', words.portions);
  [step!.textContent, step!.title] = [words.step, words.stepTitle];
  [epoch!.textContent, epoch!.title] = [words.epoch, words.epochTitle];
  undo!.title = words.undoTitle;
  const learn = (portion: Portion): void => {
    const next = nextPortion(store);
    if ('reason' in next || trainer.isBusy) return;
    const { fields } = store.state;
    const epochs = String(next.settings.epochs);
    if (Number(fields.epochs) < next.settings.epochs) store.set({ fields: { ...fields, epochs } });
    void trainer.train(next.settings, next.source, portion);
  };
  step!.addEventListener('click', () => learn('step'));
  epoch!.addEventListener('click', () => learn('epoch'));
  undo!.addEventListener('click', () => void trainer.undo());
  store.on(['run', 'fields', 'mnist', 'undoable'], () => {
    const { run, undoable } = store.state;
    const running = isRunning(run.phase);
    const isOff = String(running || 'reason' in nextPortion(store));
    for (const button of [step!, epoch!]) button.setAttribute('aria-disabled', isOff);
    undo!.setAttribute('aria-disabled', String(running || undoable === undefined));
    undo!.textContent = words.undo[undoable ?? 'step'];
  });
}

/** Settings of the shown network; before there is one, of the run that Train starts. */
function summaryOf(store: PageStore, next: ReturnType<typeof nextRun>): string {
  const { settings, threads = 1, opened } = store.state.run;
  if (isAsOpened(store.state.run)) {
    const layers = opened!.layers.map((layer) => layerInWords(layer)).join(' → ');
    return `784 → ${layers} · ${say.openedFrom(opened!.name)}`;
  }
  if (settings) return describe(settings) + (threads > 1 ? ` · ${say.threads(whole(threads))}` : '');
  return 'settings' in next ? describe(next.settings) : '';
}
