/** Owner of the run's buttons, progress bar, status line and figures. */
import { element } from './dom.js';
import { mnistSource } from './mnist-files.js';
import { FIELDS, readSettings } from './settings.js';
import type { FieldName, Settings } from './settings.js';
import { isRunning } from './state.js';
import type { PageStore } from './state.js';
import type { Trainer } from './trainer.js';
import type { DataSource } from './training-messages.js';

/** What Train would start, or the reason why it cannot. */
function nextRun(store: PageStore): { settings: Settings; source: DataSource } | { reason: string } {
  const { settings, errors } = readSettings(store.state.fields);
  if (!settings) {
    const titles = Object.keys(errors).map((name) => FIELDS[name as FieldName].title);
    return { reason: `To train, mend the ${titles.join(' and the ')}.` };
  }
  if (settings.data === 'digits') {
    return { settings, source: { kind: 'digits', count: settings.count, seed: settings.seed } };
  }
  const source = mnistSource(store.state.mnist);
  return source ? { settings, source } : { reason: 'To train on MNIST, give its four files first.' };
}

export function mountRunPanel(store: PageStore, trainer: Trainer): void {
  const train = element('train', HTMLButtonElement);
  const pause = element('pause', HTMLButtonElement);
  const stop = element('stop', HTMLButtonElement);
  const reset = element('reset', HTMLButtonElement);
  const reason = element('train-reason', HTMLElement);
  const progress = element('progress', HTMLProgressElement);
  const status = element('status', HTMLElement);

  element('settings', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const next = nextRun(store);
    if ('settings' in next && !isRunning(store.state.run.phase)) void trainer.train(next.settings, next.source);
  });
  pause.addEventListener('click', () => {
    if (store.state.run.phase === 'paused') trainer.resume();
    else trainer.pause();
  });
  stop.addEventListener('click', () => trainer.stop());
  reset.addEventListener('click', () => void trainer.reset());

  store.on(['run', 'fields', 'mnist'], () => {
    const { phase } = store.state.run;
    const running = isRunning(phase);
    const next = nextRun(store);
    const focused = document.activeElement;
    train.disabled = running || 'reason' in next;
    pause.disabled = stop.disabled = !running;
    reset.disabled = phase === 'idle';
    pause.textContent = phase === 'paused' ? 'Resume' : 'Pause';
    reason.textContent = 'reason' in next && !running ? next.reason : '';
    // A button that is switched off under the visitor's finger hands the focus on.
    if (focused instanceof HTMLButtonElement && focused.disabled && focused.closest('.controls')) {
      (running ? pause : train).focus();
    }
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
      settings && epoch > 0 ? `${Math.min(Math.floor(epoch + 1e-9), settings.epochs)} of ${settings.epochs}` : '';
    figures.rate.textContent = samplesPerSecond ? Math.round(samplesPerSecond).toLocaleString('en') : '';
    figures.loss.textContent = loss?.toFixed(4) ?? '';
    figures.valAccuracy.textContent = valAccuracy?.toFixed(4) ?? '';
  });
  store.on(['status'], () => {
    status.textContent = store.state.status.text;
    status.classList.toggle('is-error', store.state.status.tone === 'error');
  });
}
