/** Owner of the embedding: which digits it is of and in which plane, whose network it is, and the digit that is looked at. */
import { inkRamp } from '../../colour.js';
import { make } from '../../dom.js';
import { COMPONENTS } from '../../../shared/inside-work.js';
import type { Embedding } from '../../../shared/inside-work.js';
import type { Specimen } from '../../specimen/specimen.js';
import type { PageStore } from '../../state.js';
import { isRunning } from '../../training/run.js';
import type { Words } from '../../words/words.js';
import { button } from '../parts/controls.js';
import { count, number, percent } from '../parts/numbers.js';
import { classColours } from './class-colours.js';
import { EmbeddingPlot } from './embedding-plot.js';
import { InsideWorker } from './inside-worker.js';
import { digitsOfRun, imageOf, MINE_AT_LEAST, ownDigits } from './studied.js';
import type { Choice } from './studied.js';
import { paint } from './thumbnail.js';

/** The network that is looked into, and the drawing. */
export interface EmbeddingSubject {
  specimen: Specimen;
  /** A name for the weights that it has now. */
  state: string;
  digit: Float32Array;
}

interface Shown {
  embedding: Embedding;
  choice: Choice;
  /** Of the network, as JSON. */
  layers: string;
  /** The name of the weights and digits. */
  of: string;
}

const PLANES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
const CLASSES = 10;
/** Digits that are named as the nearest to the drawn one. */
const NEAREST = 5;
/** Rest after each embedding while the network learns; and so many times as long as it took, so that a slow machine rests, too. */
const REST_MS = 400;
const REST_FACTOR = 2;

export class EmbeddingPanel {
  readonly element = make('section', 'embedding');
  readonly #words: Words['embedding'];
  readonly #store: PageStore;
  readonly #onChange: () => void;
  readonly #worker = new InsideWorker();
  readonly #digits = make('select');
  readonly #plane = make('select');
  readonly #whose = make('p', 'embedding-whose');
  readonly #stamp = make('canvas');
  readonly #plot: EmbeddingPlot;
  readonly #axes = make('p', 'embedding-axes');
  readonly #classes: HTMLButtonElement[];
  readonly #score = make('p', 'embedding-score');
  readonly #picture = make('canvas');
  readonly #reads = make('p', 'embedding-reads');
  readonly #nearest = make('p', 'embedding-nearest');
  readonly #trouble = make('p', 'embedding-trouble');
  readonly #again: HTMLButtonElement;
  #shown: Shown | undefined;
  #subject: EmbeddingSubject | undefined;
  #only: number | undefined;
  #selected: number | undefined;
  #looked: number | undefined;
  /** True while the worker is at work, and in the rest after it. */
  #isBusy = false;
  /** The name of what could not be embedded. */
  #failed = '';

  /** @param onChange called when there is something else to show */
  constructor(words: Words['embedding'], store: PageStore, onChange: () => void) {
    this.#words = words;
    this.#store = store;
    this.#onChange = onChange;
    this.#plot = new EmbeddingPlot(words, this.#stamp, {
      look: (digit) => {
        this.#looked = digit;
        this.#tellDigit();
      },
      choose: (digit) => {
        this.#selected = digit;
        this.#draw();
      },
    });
    this.#classes = Array.from({ length: CLASSES }, (_, digit) => {
      const made = button(String(digit), () => {
        this.#only = this.#only === digit ? undefined : digit;
        this.#draw();
      });
      made.setAttribute('aria-label', words.only(digit));
      return made;
    });
    this.#again = button(words.again, () => {
      this.#failed = '';
      onChange();
    });
    this.#build();
  }

  #build(): void {
    const words = this.#words;
    this.#digits.id = 'embedding-digits';
    this.#plane.id = 'embedding-plane';
    this.#digits.append(new Option('', 'run'), new Option('', 'mine'));
    this.#plane.append(...PLANES.map(([x, y], i) => new Option(words.plane(x + 1, y + 1), String(i))));
    this.#digits.addEventListener('change', () => {
      this.#digits.dataset['chosen'] = '';
      this.#onChange();
    });
    this.#plane.addEventListener('change', () => this.#draw());
    const fields = make('div', 'embedding-fields');
    for (const [text, select] of [
      [words.digits, this.#digits],
      [words.inPlane, this.#plane],
    ] as const) {
      const label = make('label', 'inline-field', `${text} `);
      label.append(select);
      fields.append(label);
    }
    const legend = make('div', 'embedding-classes');
    legend.setAttribute('role', 'group');
    legend.setAttribute('aria-label', words.legend);
    legend.append(...this.#classes);
    this.#picture.width = this.#picture.height = 28;
    this.#picture.setAttribute('aria-hidden', 'true');
    this.#trouble.setAttribute('role', 'status');
    this.#again.hidden = true;
    const looked = make('div', 'embedding-looked');
    looked.append(this.#picture, this.#reads);
    const side = make('div', 'embedding-side');
    side.append(legend, this.#score, looked, this.#nearest, this.#trouble, this.#again);
    const plot = make('div');
    plot.append(this.#plot.element, this.#axes);
    const body = make('div', 'embedding-body');
    body.append(plot, side);
    this.element.append(make('h2', '', words.title), make('p', 'note', words.text), fields, this.#whose, body);
  }

  show(subject: EmbeddingSubject): void {
    this.#subject = subject;
    const choice = this.#choose(subject);
    paint(this.#stamp, subject.digit, inkRamp(), (value) => 255 * value);
    this.#tellWhose(subject, choice);
    const of = `${subject.state} ${choice.studied.key}`;
    if (of !== this.#shown?.of && of !== this.#failed && !this.#isBusy) void this.#embed(subject, choice, of);
    this.#draw();
  }

  /** The digits that the visitor chose, else those that the network has learned from. */
  #choose({ specimen: { by } }: EmbeddingSubject): Choice {
    const { state } = this.#store;
    const [ofRun, mine] = [digitsOfRun(state, by), ownDigits(state)];
    const [run, own] = this.#digits.options as unknown as [HTMLOptionElement, HTMLOptionElement];
    run.text = this.#words.sets[ofRun.kind];
    own.text = mine ? this.#words.sets.mine : this.#words.tooFew(MINE_AT_LEAST);
    own.disabled = !mine;
    if (this.#digits.dataset['chosen'] === undefined) {
      this.#digits.value = mine && by === 'pretrained' && state.hand !== 0 ? 'mine' : 'run';
    }
    return (this.#digits.value === 'mine' && mine) || ofRun;
  }

  #tellWhose({ specimen: { by, layers } }: EmbeddingSubject, { kind }: Choice): void {
    const { run } = this.#store.state;
    const words = this.#words;
    const epochs = number(Math.round(10 * run.epoch) / 10);
    const whose =
      by === 'pretrained'
        ? words.pretrained
        : run.opened && run.epoch === 0
          ? words.opened(run.opened.name)
          : isRunning(run.phase)
            ? words.learning(epochs)
            : words.learned(epochs);
    const units = layers.length > 1 ? words.units(count(layers.at(-2)!.units)) : words.noHidden;
    this.#whose.textContent = `${whose} ${words.on[kind]} ${units}`;
  }

  async #embed({ specimen }: EmbeddingSubject, choice: Choice, of: string): Promise<void> {
    this.#isBusy = true;
    const began = performance.now();
    const { layers, weights } = specimen;
    try {
      const work = { kind: 'embed', network: { layers, weights }, studied: choice.studied } as const;
      const { embedding } = await this.#worker.ask<'embedding'>(work);
      if (this.#shown?.choice.studied.key !== choice.studied.key) this.#selected = undefined;
      this.#shown = { embedding, choice, layers: JSON.stringify(layers), of };
      this.#failed = '';
      this.#say('');
    } catch (error) {
      this.#failed = of;
      this.#say(this.#words.failed((error as Error).message));
    }
    this.#draw();
    const rest = Math.max(REST_MS, REST_FACTOR * (performance.now() - began));
    setTimeout(() => {
      this.#isBusy = false;
      this.#onChange();
    }, rest);
  }

  #say(trouble: string): void {
    if (this.#trouble.textContent !== trouble) this.#trouble.textContent = trouble;
    this.#again.hidden = trouble === '';
  }

  #draw(): void {
    const plane = PLANES[this.#plane.selectedIndex] ?? PLANES[0];
    const colours = classColours();
    this.#classes.forEach((made, digit) => {
      made.style.setProperty('--class', colours[digit]!);
      made.setAttribute('aria-pressed', String(this.#only === digit));
    });
    const embedding = this.#shown?.embedding;
    const describe = (digit: number): string => this.#describe(digit);
    this.#plot.show(embedding && { embedding, plane, only: this.#only, selected: this.#selected, describe });
    this.#placeDrawn(plane);
    this.#tellDigit();
    const words = this.#words;
    if (!embedding) {
      this.#axes.textContent = this.#score.textContent = this.#failed ? '' : words.computing;
      return;
    }
    const [x, y] = plane.map((component) => percent(embedding.variance[component]!)) as [string, string];
    this.#axes.textContent = words.axes(plane[0] + 1, x, plane[1] + 1, y);
    const { labels } = embedding.digits;
    const right = labels.reduce((sum, label, i) => sum + Number(embedding.answers[i] === label), 0);
    this.#score.textContent = words.score(count(right), count(labels.length));
  }

  /** The place of the drawing, by what the network makes of it now in the plane that there is. */
  #placeDrawn(plane: readonly [number, number]): void {
    const [shown, subject] = [this.#shown, this.#subject];
    if (!shown || !subject || shown.layers !== JSON.stringify(subject.specimen.layers)) {
      this.#plot.place(undefined);
      this.#nearest.textContent = '';
      return;
    }
    const { mean, directions, points, digits } = shown.embedding;
    const hidden =
      subject.specimen.layers.length > 1 ? subject.specimen.activations(subject.digit).at(-2)! : subject.digit;
    const place = Array.from({ length: COMPONENTS }, (_, component) =>
      hidden.reduce((sum, value, j) => sum + (value - mean[j]!) * directions[component * hidden.length + j]!, 0),
    );
    this.#plot.place(place);
    const far = Array.from(digits.labels, (_, i) =>
      plane.reduce((sum, component) => sum + (points[i * COMPONENTS + component]! - place[component]!) ** 2, 0),
    );
    const order = Array.from(far.keys()).sort((one, other) => far[one]! - far[other]!);
    const names = order.slice(0, NEAREST).map((i) => String(digits.labels[i]));
    this.#nearest.textContent = this.#words.nearest(names.join(', '));
  }

  #describe(digit: number): string {
    const { embedding } = this.#shown!;
    const [label, answer] = [embedding.digits.labels[digit]!, embedding.answers[digit]!];
    const share = percent(embedding.probabilities[digit]!);
    return (label === answer ? this.#words.right : this.#words.wrong)(String(label), String(answer), share);
  }

  #tellDigit(): void {
    const digit = this.#looked ?? this.#selected;
    const isThere = digit !== undefined && this.#shown !== undefined;
    this.#reads.textContent = isThere ? this.#describe(digit) : this.#words.hint;
    this.#picture.classList.toggle('is-empty', !isThere);
    const image = isThere ? imageOf(this.#shown!.embedding.digits, digit) : new Float32Array(784);
    paint(this.#picture, image, inkRamp(), (value) => 255 * value);
  }
}
