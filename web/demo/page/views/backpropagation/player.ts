/** Owner of the rail of steps and of the buttons that go through it. */
import { make } from '../../dom.js';
import type { Words } from '../../words/words.js';
import { formula, row, sup } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';
import type { Symbols } from './notations.js';
import { nameOf, phaseOf } from './steps.js';
import type { Phase, Step } from './steps.js';

/** How long Play stays at a step. */
const STAY_MS = 2600;

export class Player {
  readonly buttons = make('div', 'player');
  readonly rail = make('nav', 'rail');
  readonly #words: Words['steps'];
  readonly #onStep: () => void;
  readonly #back = make('button');
  readonly #play = make('button');
  readonly #forward = make('button');
  #steps: readonly Step[] = [];
  #at = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param onStep called when another step is to be shown */
  constructor(words: Words['steps'], onStep: () => void) {
    this.#words = words;
    this.#onStep = onStep;
    this.rail.setAttribute('aria-label', words.rail);
    for (const [button, id, text] of [
      [this.#back, 'step-back', words.back],
      [this.#play, 'step-play', words.play],
      [this.#forward, 'step-forward', words.forward],
    ] as const) {
      button.type = 'button';
      button.id = id;
      button.textContent = text;
      this.buttons.append(button);
    }
    this.#back.addEventListener('click', () => this.move(-1));
    this.#forward.addEventListener('click', () => this.move(1));
    this.#play.addEventListener('click', () => (this.isPlaying ? this.pause() : this.play()));
  }

  get isPlaying(): boolean {
    return this.#timer !== undefined;
  }

  get at(): number {
    return this.#at;
  }

  get step(): Step {
    return this.#steps[this.#at]!;
  }

  /** Another network has other steps; where it has the present one, that stays. */
  setSteps(steps: readonly Step[], symbols: Symbols): void {
    const present = JSON.stringify(this.#steps[this.#at] ?? steps[0]);
    this.#steps = steps;
    this.#at = Math.max(
      0,
      steps.findIndex((step) => JSON.stringify(step) === present),
    );
    this.#fillRail(symbols);
    this.#tell();
  }

  move(by: number): void {
    this.pause();
    this.#go(this.#at + by);
  }

  /** The step's name in the address. */
  get name(): string {
    return nameOf(this.step, this.#steps);
  }

  /** Goes to the step of this name, if there is one. */
  goTo(name: string): void {
    const at = this.#steps.findIndex((step) => nameOf(step, this.#steps) === name);
    if (at < 0) return;
    this.pause();
    this.#go(at);
  }

  play(): void {
    if (this.#at === this.#steps.length - 1) this.#go(0);
    this.#timer = setInterval(() => {
      this.#go(this.#at + 1);
      if (this.#at === this.#steps.length - 1) this.pause();
    }, STAY_MS);
    this.#tell();
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#tell();
  }

  #go(to: number): void {
    if (to < 0 || to >= this.#steps.length || to === this.#at) return;
    this.#at = to;
    this.#tell();
    this.#onStep();
  }

  #tell(): void {
    const focused = document.activeElement;
    this.#back.disabled = this.#at === 0;
    this.#forward.disabled = this.#at === this.#steps.length - 1;
    this.#play.textContent = this.isPlaying ? this.#words.pause : this.#words.play;
    if (focused instanceof HTMLButtonElement && focused.disabled && this.buttons.contains(focused)) this.#play.focus();
    this.rail.querySelectorAll('button').forEach((button, i) => {
      if (i === this.#at) button.setAttribute('aria-current', 'step');
      else button.removeAttribute('aria-current');
    });
  }

  #fillRail(symbols: Symbols): void {
    const groups = new Map<Phase, HTMLElement>();
    this.#steps.forEach((step, at) => {
      const phase = phaseOf(step);
      let group = groups.get(phase);
      if (!group) {
        group = make('ol', 'rail-steps');
        group.setAttribute('aria-label', this.#words.phases[phase]);
        groups.set(phase, group);
      }
      const button = make('button', 'rail-step');
      button.type = 'button';
      button.title = titleOf(step, this.#words);
      const symbol = formula(symbolOf(step, symbols));
      symbol.setAttribute('aria-hidden', 'true');
      button.append(symbol, make('span', 'sr-only', button.title));
      button.addEventListener('click', () => {
        this.pause();
        this.#go(at);
      });
      const item = make('li');
      item.append(button);
      group.append(item);
    });
    this.rail.replaceChildren(
      ...Array.from(groups, ([phase, steps]) => {
        const box = make('div', 'rail-phase');
        const title = make('span', 'rail-title', this.#words.phases[phase]);
        title.setAttribute('aria-hidden', 'true');
        box.append(title, steps);
        return box;
      }),
    );
  }
}

export function titleOf(step: Step, { names }: Words['steps']): string {
  return 'layer' in step ? names[step.kind](step.layer + 1) : names[step.kind];
}

/** The step in a symbol or two. */
function symbolOf(step: Step, symbols: Symbols): Piece {
  const { letters } = symbols;
  switch (step.kind) {
    case 'input':
      return symbols.a(-1);
    case 'z':
      return symbols.z(step.layer);
    case 'a':
      return symbols.a(step.layer);
    case 'loss':
      return letters.loss;
    case 'delta':
      return letters.delta ? symbols.delta(step.layer) : row('∂', symbols.z(step.layer));
    case 'gradient':
      return row(letters.gradient === 'nabla' ? '∇' : '∂', sup(letters.weight, letters.layer(String(step.layer + 1))));
    case 'update':
      return row('−', letters.rate);
  }
}
