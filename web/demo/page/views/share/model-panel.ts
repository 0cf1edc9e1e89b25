/** Owner of the list of formats in which the network that answers is saved. */
import { make } from '../../dom.js';
import type { NetworkSnapshot } from '../../reading/snapshot.js';
import { button, save } from '../parts/controls.js';
import { layersInWords } from '../parts/names.js';
import type { PageParts } from '../views.js';
import { section, statusLine } from './controls.js';
import { size } from './figures.js';
import { OFFERS, sizeOf } from './formats.js';
import type { Offer } from './formats.js';
import { askForFile } from './model-work.js';
import { words } from './words.js';

const say = words.model;

export class ModelPanel {
  readonly element = section('share-model', say.title, say.none);
  readonly #page: PageParts;
  readonly #whose = this.element.querySelector('p')!;
  readonly #note = statusLine();
  readonly #rows = OFFERS.map((offer) => this.#row(offer));

  constructor(page: PageParts) {
    this.#page = page;
    const list = make('ul', 'offers');
    list.append(...this.#rows.map(({ item }) => item));
    this.element.append(list, this.#note);
  }

  /** Says whose network it is, and how large its files are. */
  show(network: NetworkSnapshot | undefined): void {
    this.#whose.textContent = network ? say[network.by](layersInWords(network.layers)) : say.none;
    this.#rows.forEach(({ about, press }, i) => {
      about.textContent = network ? say.about(size(sizeOf(OFFERS[i]!, network))) : '';
      press.disabled = !network;
    });
  }

  #row(offer: Offer): { item: HTMLLIElement; about: HTMLElement; press: HTMLButtonElement } {
    const [name, purpose] = say.formats[offer.format];
    const item = make('li', 'offer');
    const about = make('span', 'offer-size');
    const press = button(words.save, () => void this.#save(offer, press));
    press.setAttribute('aria-label', say.saveAs(name));
    press.dataset['format'] = offer.format;
    item.append(make('b', '', name), make('span', 'offer-purpose', purpose), about, press);
    return { item, about, press };
  }

  async #save({ format }: Offer, press: HTMLButtonElement): Promise<void> {
    if (press.getAttribute('aria-disabled') === 'true') return;
    const [title] = say.formats[format];
    press.setAttribute('aria-disabled', 'true');
    this.#note.textContent = say.making(title);
    try {
      const network = await this.#page.network();
      if (!network) return;
      const { layers, weights } = network;
      const { name, bytes, remarks } = await askForFile({ kind: 'write', network: { layers, weights }, format });
      save(name, bytes);
      this.#note.textContent = [say.saved(name, size(bytes.length)), ...remarks].join(' ');
    } catch (error) {
      this.#note.textContent = say.failed(title, (error as Error).message);
    } finally {
      press.removeAttribute('aria-disabled');
    }
  }
}
