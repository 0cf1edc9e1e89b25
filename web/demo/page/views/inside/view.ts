/** The view into the network for the drawn digit: strongest paths, units, ways to break it, and what speaks for it. */
import { init } from 'mlp-wasm';
import './view.css';
import './embedding.css';
import './surface.css';
import '../parts/parts.css';
import { make, oncePerFrame } from '../../dom.js';
import { Specimen } from '../../specimen/specimen.js';
import type { Trace } from '../../specimen/specimen.js';
import { loadWords } from '../../words/words.js';
import type { Words } from '../../words/words.js';
import { inputsOf, weightsInto, weightsOutOf } from '../backpropagation/arithmetic.js';
import { largest } from '../parts/largest.js';
import { layersInWords, UnitNames } from '../parts/names.js';
import { number, percent } from '../parts/numbers.js';
import { Picture } from '../parts/picture.js';
import { aboutNetwork, Study } from '../parts/study.js';
import type { PageParts } from '../views.js';
import { broken, isWhole } from './breaking.js';
import { BreakPanel } from './break-panel.js';
import { Diagram } from './diagram.js';
import type { UnitPlace } from './diagram.js';
import { EmbeddingPanel } from './embedding-panel.js';
import { FavouritesPanel } from './favourites.js';
import { strongestPaths } from './paths.js';
import type { Paths } from './paths.js';
import { SaliencyPanel } from './saliency.js';
import { SurfacePanel } from './surface-panel.js';

/** Units that are named in "passes most on to". */
const TARGETS = 4;
const DIGITS = 10;

export async function mount(panel: HTMLElement, page: PageParts): Promise<void> {
  const [words] = await Promise.all([loadWords(), init()]);
  new InsideView(panel, page, words);
}

/** The likeliest class. */
function answerOf(probabilities: Float32Array): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** The most active of the units of the first layer that are shown. */
function mostActive({ layers }: Trace, { shown }: Paths): UnitPlace {
  const active = shown[0]!.map((unit) => layers[0]!.a[unit]!);
  return { layer: 0, unit: shown[0]![largest(active, 1)[0] ?? 0] ?? 0 };
}

class InsideView {
  readonly #words: Words;
  readonly #study: Study;
  readonly #diagram: Diagram;
  readonly #break: BreakPanel;
  readonly #saliency: SaliencyPanel;
  readonly #favourites: FavouritesPanel;
  readonly #embedding: EmbeddingPanel;
  readonly #surface: SurfacePanel;
  readonly #network = make('p', 'view-note');
  readonly #body = make('div', 'inside-body');
  readonly #unitTitle = make('h2', 'unit-title');
  readonly #unitText = make('p', 'muted');
  readonly #unitPictures = [new Picture(), new Picture()] as const;
  readonly #passes = make('p', 'passes');
  readonly #silence = make('button');
  readonly #render = oncePerFrame(() => this.#renderNow());
  /** The unit that is looked at; undefined until the visitor chooses one. */
  #place: UnitPlace | undefined;
  /** The unit below the pointer, which is shown as long as it stays there. */
  #looked: UnitPlace | undefined;
  /** The unit that is chosen, by the visitor or by itself. */
  #chosen: UnitPlace | undefined;
  /** The copy that is broken, of the network of this version. */
  #copy: { specimen: Specimen; version: number; layers: string } | undefined;
  /** The network whose units the damage and the chosen unit mean. */
  #layers = '';

  constructor(panel: HTMLElement, page: PageParts, words: Words) {
    this.#words = words;
    this.#diagram = new Diagram(words.inside, {
      look: (place) => {
        this.#looked = place;
        this.#render();
      },
      choose: (place) => {
        this.#place = place;
        this.#looked = undefined;
        this.#render();
      },
    });
    this.#break = new BreakPanel(words.inside, () => {
      if (this.#copy) this.#copy.version = -1;
      this.#render();
    });
    this.#saliency = new SaliencyPanel(words.inside, this.#render);
    this.#favourites = new FavouritesPanel(words.inside, this.#render);
    this.#embedding = new EmbeddingPanel(words.embedding, page.store, this.#render);
    this.#surface = new SurfacePanel(words.surface, page);
    this.#build(panel);
    this.#study = new Study(page, 'inside', this.#render);
  }

  #build(panel: HTMLElement): void {
    const { inside } = this.#words;
    const head = make('header', 'view-head');
    head.append(make('h1', '', inside.title), make('p', 'lede', inside.lede), this.#network);
    const paths = make('section', 'paths');
    paths.append(make('h2', '', inside.paths), make('p', 'note', inside.pathsText), this.#diagram.element);
    const unit = make('section', 'unit');
    this.#silence.type = 'button';
    this.#silence.id = 'silence';
    this.#silence.addEventListener('click', () => {
      this.#place = this.#chosen;
      if (this.#place) this.#break.toggle(this.#place);
    });
    const pictures = make('div', 'pictures');
    pictures.append(...this.#unitPictures.map(({ figure }) => figure));
    const words = make('div', 'unit-words');
    words.append(this.#unitTitle, this.#unitText, this.#passes, this.#favourites.element, this.#silence);
    unit.append(pictures, words);
    const lower = make('div', 'inside-lower');
    lower.append(this.#break.element, this.#saliency.element);
    this.#body.append(paths, unit, lower, this.#embedding.element, this.#surface.element);
    panel.append(head, this.#body);
  }

  #renderNow(): void {
    const { specimen, digit } = this.#study;
    this.#body.hidden = !specimen || !digit;
    this.#network.textContent = aboutNetwork(this.#study, this.#words.network);
    if (!specimen || !digit) return;
    const layers = layersInWords(specimen.layers);
    if (layers !== this.#layers) {
      this.#layers = layers;
      this.#place = this.#looked = undefined;
      this.#break.forget();
    }
    const names = new UnitNames(specimen.layers, this.#words);
    const before = specimen.predict(digit);
    const copy = this.#broken(specimen, layers);
    const output = answerOf(copy.predict(digit));
    const trace = copy.trace(digit, output);
    const paths = strongestPaths(trace, output, this.#break.damage.silenced);
    const selected = (this.#chosen = this.#place ?? mostActive(trace, paths));
    this.#diagram.show({ trace, paths, names, output, selected, isSilenced: this.#break.isSilenced });
    const unit = this.#looked ?? selected;
    this.#showUnit(trace, unit, names);
    const state = `${this.#study.version} ${JSON.stringify(this.#break.damage)}`;
    this.#favourites.show(copy, unit, state);
    this.#embedding.show({ specimen: copy, state, digit });
    this.#surface.show(specimen.by);
    this.#break.show(
      [before, trace.layers.at(-1)!.a].map((shares) => {
        const unit = answerOf(shares);
        return { answer: names.answer(unit), share: percent(shares[unit]!) };
      }),
    );
    const digitSaid = answerOf(trace.layers.at(-1)!.a.subarray(0, DIGITS));
    this.#saliency.show(copy, digit, digitSaid, names, this.#study.isDrawing);
  }

  /** The network itself while it is whole, else a copy with the damage done. */
  #broken(specimen: Specimen, layers: string): Specimen {
    const { damage } = this.#break;
    if (isWhole(damage)) return specimen;
    if (this.#copy?.layers !== layers) {
      this.#copy?.specimen.dispose();
      this.#copy = { specimen: new Specimen(specimen), version: -1, layers };
    }
    if (this.#copy.version !== this.#study.version) {
      this.#copy.specimen.weights = broken(specimen.weights, damage);
      this.#copy.version = this.#study.version;
    }
    return this.#copy.specimen;
  }

  #showUnit(trace: Trace, place: UnitPlace, names: UnitNames): void {
    const { inside } = this.#words;
    const { layer, unit } = place;
    const last = trace.layers.length - 1;
    const title = layer === last ? inside.output : inside.layer(layer + 1);
    this.#unitTitle.textContent = inside.unitOf(title, names.of(layer, unit));
    const { a } = trace.layers[layer]!;
    this.#unitText.textContent = inside.isAt(layer === last ? percent(a[unit]!) : number(a[unit]!));
    const weights = weightsInto(trace.layers[layer]!, unit);
    const inputs = inputsOf(trace, layer);
    const given = weights.map((weight, i) => weight * inputs[i]!);
    const shown = (title: string, values: Float32Array): Parameters<Picture['show']>[0] => ({
      title,
      values,
      kind: 'signed',
      describe: (i) => `${names.of(layer - 1, i)}: ${number(values[i]!)}`,
    });
    this.#unitPictures[0].show(shown(layer === 0 ? inside.weightsInput : inside.weightsHidden, weights));
    this.#unitPictures[1].show(shown(inside.given, given));
    this.#silence.disabled = layer === last;
    this.#silence.textContent = this.#break.isSilenced(place) ? inside.wake : inside.silence;
    this.#passes.textContent = layer === last ? '' : this.#passedOn(trace, place, names);
  }

  #passedOn(trace: Trace, { layer, unit }: UnitPlace, names: UnitNames): string {
    const value = trace.layers[layer]!.a[unit]!;
    const passed = weightsOutOf(trace.layers[layer + 1]!, unit).map((weight) => weight * value);
    const targets = largest(passed, TARGETS).map((to) => `${names.of(layer + 1, to)} (${number(passed[to]!)})`);
    return targets.length > 0 ? `${this.#words.inside.passesOn} ${targets.join(', ')}.` : '';
  }
}
