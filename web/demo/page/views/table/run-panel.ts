/** The buttons of a training, how far it is, and what it says. */
import { make, oncePerFrame } from '../../dom.js';
import { button } from '../parts/controls.js';
import { count } from '../parts/numbers.js';
import { charts, figure } from './charts.js';
import { say as speak } from './controls.js';
import { rough, tenth } from './figures.js';
import type { Session } from './session.js';
import { readSettings } from './settings.js';
import { isUnderWay } from './state.js';
import { words } from './words.js';

const say = words.run;

export class RunPanel {
  readonly element = make('div', 'run');

  constructor(session: Session) {
    const { store } = session;
    const controls = make('div', 'controls');
    const train = make('button', 'primary', say.train);
    train.type = 'submit';
    train.id = 'table-train';
    train.setAttribute('form', 'table-settings');
    const reason = make('p', 'train-reason');
    reason.id = 'table-reason';
    train.setAttribute('aria-describedby', reason.id);
    const pause = button(say.pause, () => session.pause(store.state.run.phase !== 'paused'));
    const stop = button(say.stop, () => session.stop());
    const reset = button(say.reset, () => session.reset());
    const undo = button(say.undo, () => void session.undoReset());
    controls.append(train, pause, stop, reset, undo);
    const progress = make('progress');
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute('aria-label', say.progress);
    const status = make('p', 'status');
    status.id = 'table-status';
    status.setAttribute('role', 'status');
    const changed = make('p', 'note table-changed');
    this.element.append(controls, reason, progress, status, changed, figuresOf(session), charts(session));

    store.on(['run', 'fields', 'model', 'included', 'target', 'task', 'profile', 'isReading'], () => {
      const { run, fields, model, isReading } = store.state;
      const underWay = isUnderWay(run);
      const plan = session.plan();
      const focused = document.activeElement;
      train.disabled = underWay || !plan || isReading;
      train.textContent = model ? say.again : say.train;
      pause.disabled = !underWay || run.phase === 'preparing';
      stop.disabled = !underWay;
      pause.textContent = run.phase === 'paused' ? say.resume : say.pause;
      undo.hidden = !session.canUndo || underWay;
      reset.hidden = !undo.hidden;
      reset.disabled = run.phase === 'idle' && !model;
      speak(reason, readSettings(fields).settings ? '' : words.settings.mend);
      const isOther = model !== undefined && !underWay && plan !== undefined && !isSame(plan, model.plan);
      speak(changed, isOther ? say.changed : '');
      // A focused button that is switched off or hidden hands the focus on.
      if (!(focused instanceof HTMLButtonElement) || !controls.contains(focused)) return;
      if (focused.disabled || focused.hidden) (underWay ? stop : undo.hidden ? train : undo).focus();
    });

    const show = oncePerFrame(() => {
      const { run, target } = store.state;
      const { phase, epochs, best, seconds, fault, plan } = run;
      const done = epochs.at(-1)?.epoch ?? 0;
      progress.value = phase === 'done' ? 1 : plan ? done / plan.epochs : 0;
      const text = {
        idle: session.canUndo ? say.reset_ : target === undefined ? '' : say.ready(target),
        preparing: say.preparing,
        // Each epoch would be too much to hear.
        training: say.underWay(done),
        paused: say.paused(done),
        done: say.done(done, best, tenth(seconds)),
        stopped: say.stopped(done, best),
        failed: fault ? words.fault(fault) : '',
      }[phase];
      status.setAttribute('aria-live', phase === 'training' ? 'off' : 'polite');
      speak(status, text);
      status.classList.toggle('is-error', phase === 'failed');
      status.classList.toggle('is-result', phase === 'done');
    });
    store.on(['run', 'target', 'model'], show);
  }
}

function isSame(one: object, other: object): boolean {
  const sorted = (plan: object): string => JSON.stringify(Object.entries(plan).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}

/** Epoch, losses and score as large figures. */
function figuresOf({ store }: Session): HTMLElement {
  const list = make('dl', 'figures');
  const entry = (title: string): { name: HTMLElement; value: HTMLElement } => {
    const box = make('div');
    const [name, value] = [make('dt', '', title), make('dd')];
    box.append(name, value);
    list.append(box);
    return { name, value };
  };
  const epoch = entry(say.epoch);
  const rate = entry(say.rate);
  const loss = entry(say.valLoss);
  const score = entry(say.valAccuracy);
  const show = oncePerFrame(() => {
    const { run, task } = store.state;
    const last = run.epochs.at(-1);
    score.name.textContent = (run.plan?.task ?? task) === 'classes' ? say.valAccuracy : say.valR2;
    epoch.value.textContent = last && run.plan ? say.epochs(last.epoch, run.plan.epochs) : '';
    rate.value.textContent = run.learningRate !== undefined && run.optimizer !== 'lbfgs' ? rough(run.learningRate) : '';
    const shown =
      last && (run.best !== undefined ? (run.epochs.find((each) => each.epoch === run.best) ?? last) : last);
    loss.value.textContent = shown ? figure(shown.valLoss) : '';
    score.value.textContent = shown ? figure(shown.valScore) : '';
    loss.value.title = shown && run.best !== undefined ? `${say.epoch} ${count(run.best)}` : '';
  });
  store.on(['run', 'task'], show);
  return list;
}
