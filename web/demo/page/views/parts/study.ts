/**
 * A copy of the network that answers, kept up to date while a view is shown, and the digit that it is studied on. Once
 * the visitor has changed the copy it stays as it is, until it is taken anew.
 */
import { denseAlone } from '../../../shared/dense-alone.js';
import { sameImage } from '../../my-digits/my-digit.js';
import { inputOf } from '../../reading/look-inside.js';
import type { NetworkSnapshot } from '../../reading/snapshot.js';
import { Specimen } from '../../specimen/specimen.js';
import { isBlank } from '../../state.js';
import type { Words } from '../../words/words.js';
import type { PageParts } from '../views.js';
import { layersInWords } from './names.js';

/** Time between two looks at a network that is being trained. */
const LOOK_MS = 250;

/** Sentences on the network that is looked into, and on what the copy lacks of it. */
export function aboutNetwork({ specimen, whole, isUnfit }: Study, words: Words['network']): string {
  if (isUnfit) return words.layerNormalization(layersInWords(whole));
  if (!specimen) return words.none;
  const remarks = [
    whole.some(({ normalization }) => normalization) && words.folded,
    whole.some(({ dropout, l1, l2 }) => dropout || l1 || l2) && words.onlyInTraining,
  ];
  return [words[specimen.by](layersInWords(whole)), ...remarks].filter(Boolean).join(' ');
}

export class Study {
  specimen: Specimen | undefined;
  /** True if the visitor has changed the copy. */
  isChanged = false;

  /** True if the network that answers normalises by layers, which these views do not show. */
  isUnfit = false;
  /** The layers of that network, of which the copy has the dense ones alone. */
  whole: NetworkSnapshot['layers'] = [];

  /** Grows with each network that is taken. */
  version = 0;

  readonly #page: PageParts;
  readonly #view: string;
  readonly #onChange: () => void;
  /** Of the network that was copied last: whose it is, and how far it was trained. */
  #taken = '';
  #isTaking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onChange called when there is another digit, another network, or another theme to show */
  constructor(page: PageParts, view: string, onChange: () => void) {
    this.#page = page;
    this.#view = view;
    this.#onChange = onChange;
    page.store.on(['pixels', 'firstDigit', 'theme', 'myDigits'], () => this.isShown && onChange());
    page.store.on(['view', 'run', 'reader', 'answer', 'hand'], () => this.#look());
  }

  get isShown(): boolean {
    return this.#page.store.state.view === this.#view;
  }

  /** True while the pen is down, when a picture is soon followed by another. */
  get isDrawing(): boolean {
    return this.#page.store.state.isDrawing;
  }

  /** The visitor's drawing, before there is one the page's own digit. */
  get digit(): Float32Array | undefined {
    const { pixels, firstDigit } = this.#page.store.state;
    const shown = isBlank(this.#page.store.state) ? firstDigit?.pixels : pixels;
    return shown && inputOf(shown);
  }

  /** The digit that the drawing is, where the visitor has said so. */
  get corrected(): number | undefined {
    const { pixels, myDigits } = this.#page.store.state;
    return pixels && myDigits.find((digit) => sameImage(digit.pixels, pixels))?.label;
  }

  /** The copy as the network is now, whatever was done to it. */
  takeAnew(): void {
    this.isChanged = false;
    this.#taken = '';
    this.#look();
  }

  /** Takes the network if there is another one, but not more often than a few times a second. */
  #look(): void {
    if (!this.isShown) return;
    const { run, reader, hand } = this.#page.store.state;
    const own = run.epoch > 0 || run.opened ? `${run.began} ${run.epoch} ${JSON.stringify(run.settings)}` : '';
    const now = `${reader === 'loading'} ${hand} ${own}`;
    if (now === this.#taken || this.isChanged) {
      if (this.specimen) this.#onChange();
      return;
    }
    if (this.#isTaking || this.#timer !== undefined) return;
    this.#isTaking = true;
    void this.#take(now).finally(() => {
      this.#isTaking = false;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#look();
      }, LOOK_MS);
    });
  }

  async #take(now: string): Promise<void> {
    const taken = await this.#page.network();
    if (this.isChanged) return;
    this.#taken = now;
    this.version++;
    const alone = taken && denseAlone(taken);
    const network = alone && { by: taken.by, ...alone };
    this.isUnfit = taken !== undefined && !network;
    this.whole = taken?.layers ?? [];
    if (network && this.specimen?.isLike(network)) {
      this.specimen.weights = network.weights;
    } else {
      this.specimen?.dispose();
      this.specimen = network && new Specimen(network);
    }
    this.#onChange();
  }
}
