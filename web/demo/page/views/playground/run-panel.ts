/** The buttons of the run, how far it is, and the sentence about how it stands. */
import { make } from '../../dom.js';
import { button, choice } from './controls.js';
import { lossText, rateText, wholeText } from './figures.js';
import type { Run } from './run.js';
import { isPlainDescent, SPEEDS } from './settings.js';
import type { Settings } from './settings.js';
import { words } from './words.js';

export interface RunEvents {
  toggle(): void;
  step(): void;
  epoch(): void;
  reset(): void;
  setSpeed(speed: Settings['speed']): void;
}

const FIGURES = ['epoch', 'training', 'validation', 'bound'] as const;
type Figure = (typeof FIGURES)[number];

export class RunPanel {
  readonly element = make('section', 'play');
  readonly #play: HTMLButtonElement;
  readonly #step: HTMLButtonElement;
  readonly #epoch: HTMLButtonElement;
  readonly #speed;
  readonly #figures: Record<Figure, HTMLElement>;
  readonly #status = make('p', 'status');

  constructor(on: RunEvents) {
    const controls = make('div', 'controls');
    this.#play = button('p-play', words.run.play, () => on.toggle(), 'primary');
    this.#step = button('p-step', words.run.step, () => on.step());
    this.#epoch = button('p-epoch', words.run.epoch, () => on.epoch());
    controls.append(
      this.#play,
      this.#step,
      this.#epoch,
      button('p-reset', words.run.reset, () => on.reset()),
    );
    this.#speed = choice('p-speed', words.run.speed, SPEEDS, (name) => words.run.speeds[name], on.setSpeed);
    const list = make('dl', 'play-figures');
    const figure = (name: Figure): HTMLElement => {
      const box = make('div');
      const value = make('dd');
      value.id = `p-figure-${name}`;
      box.append(make('dt', '', words.figures[name]), value);
      list.append(box);
      return value;
    };
    this.#figures = {
      epoch: figure('epoch'),
      training: figure('training'),
      validation: figure('validation'),
      bound: figure('bound'),
    };
    this.#status.id = 'p-status';
    this.#status.setAttribute('role', 'status');
    this.element.append(controls, this.#speed.element, list, this.#status);
  }

  show(run: Run, settings: Settings): void {
    const { phase, network, losses } = run;
    const canRun = phase === 'paused' || phase === 'running';
    this.#play.textContent = run.isRunning ? words.run.pause : words.run.play;
    for (const each of [this.#play, this.#step, this.#epoch]) each.setAttribute('aria-disabled', String(!canRun));
    this.#speed.show(settings.speed);
    const epochs = wholeText(run.epoch);
    const rest = network ? network.step % network.stepsPerEpoch : 0;
    const parts = {
      epoch: epochs,
      training: lossText(losses?.training),
      validation: lossText(losses?.validation),
      bound: rateText(run.bound),
    };
    this.#figures.bound.parentElement!.hidden = !isPlainDescent(settings);
    if (!network) parts.epoch = '–';
    for (const name of FIGURES) {
      const figure = this.#figures[name];
      if (figure.textContent !== parts[name]) figure.textContent = parts[name];
    }
    const text = this.#sentence(run, settings, epochs, rest);
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#status.classList.toggle('is-error', phase === 'diverged');
  }

  /** Changes only when the phase does, because it is read out. */
  #sentence(run: Run, settings: Settings, epochs: string, rest: number): string {
    const { run: say } = words;
    const { phase, target, network } = run;
    if (phase === 'empty') {
      if (settings.inputs.length === 0) return say.noInputs;
      return settings.data === 'own' && settings.own.length === 0 ? say.noPoints : say.noTraining;
    }
    if (phase === 'diverged') return say.diverged(epochs);
    if (phase === 'converged') return say.converged(epochs);
    if (phase === 'running') return target === Infinity ? say.playing : say.onTheWay(wholeText(target));
    if (network!.step === 0) return run.changes.length > 0 ? say.changedFirst : say.ready;
    return rest === 0 ? say.paused(epochs) : say.pausedWithin(epochs, rest, network!.stepsPerEpoch);
  }
}
