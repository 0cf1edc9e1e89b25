/** Owner of what opens a network out of files: it then answers on the page as the visitor's own. */
import type { ActivationName } from 'mlp-wasm';
import type { PlainNetwork } from '../../../shared/model-work.js';
import { make } from '../../dom.js';
import { settingsOfLayers } from '../../settings/settings-of-layers.js';
import { fromQuery, readSettings, toFields } from '../../settings/settings.js';
import type { Settings } from '../../settings/settings.js';
import { isRunning } from '../../training/run.js';
import { layersInWords } from '../parts/names.js';
import type { PageParts } from '../views.js';
import { section, statusLine } from './controls.js';
import { askForNetwork, Unfit } from './model-work.js';
import { words } from './words.js';

const say = words.open;

/** Activations that files of weights alone are likely to be of. */
const LIKELY: readonly ActivationName[] = ['relu', 'sigmoid', 'tanh', 'leakyRelu', 'elu', 'selu', 'gelu', 'silu'];

export class OpenPanel {
  readonly element = section('share-open', say.title, say.lede);
  readonly #page: PageParts;
  readonly #input = make('input', 'sr-only');
  readonly #activation = make('select');
  readonly #note = statusLine();

  constructor(page: PageParts) {
    this.#page = page;
    this.#input.type = 'file';
    this.#input.multiple = true;
    this.#input.id = 'share-files';
    const choose = make('label', 'file-button', say.choose);
    choose.htmlFor = this.#input.id;
    this.#input.addEventListener('change', () => {
      const files = [...(this.#input.files ?? [])];
      this.#input.value = '';
      if (files.length > 0) void this.#open(files);
    });
    this.#activation.append(...LIKELY.map((name) => new Option(name, name)));
    const field = make('label', 'inline-field', say.activation);
    field.append(this.#activation);
    const tools = make('div', 'share-tools');
    tools.append(this.#input, choose, field);
    this.element.append(tools, this.#note);
    page.arrivals.on('share', (files) => void this.#open([...files]));
    page.store.on(['run'], () => {
      const running = isRunning(page.store.state.run.phase);
      this.#input.disabled = running;
      choose.classList.toggle('is-disabled', running);
      if (running) this.#note.textContent = say.running;
      else if (this.#note.textContent === say.running) this.#note.textContent = '';
    });
  }

  async #open(files: File[]): Promise<void> {
    const name = files.map((file) => file.name).sort((a, b) => Number(/\.bin$/.test(a)) - Number(/\.bin$/.test(b)))[0]!;
    this.#note.textContent = say.reading(name);
    try {
      const activation = this.#activation.value as ActivationName;
      const { network, remarks } = await askForNetwork({ kind: 'read', files, activation });
      if (isRunning(this.#page.store.state.run.phase)) throw new Error(say.running);
      const settings = settingsFor(network, this.#page);
      await this.#page.open(network, name, settings);
      this.#page.store.set({ fields: toFields(settings) });
      this.#note.textContent = [say.opened(name, layersInWords(network.layers)), ...remarks.map(say.remark)].join(' ');
    } catch (error) {
      this.#note.textContent =
        error instanceof Unfit ? say.misfit(name, error.reason) : say.failed(name, (error as Error).message);
    }
  }
}

/** The settings by which Train goes on with a network: those of the page, but for its layers. */
function settingsFor({ layers }: PlainNetwork, { store }: PageParts): Settings {
  const { layers: _layers, ...settings } =
    readSettings(store.state.fields).settings ?? readSettings(fromQuery(new URLSearchParams())).settings!;
  return { ...settings, ...settingsOfLayers(layers.slice(0, -1), settings.activation) };
}
