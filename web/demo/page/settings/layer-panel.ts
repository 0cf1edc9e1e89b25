/** Owner of the fields of the layer that is opened in the network's editor. */
import { make } from '../dom.js';
import { editorWords as words } from '../words/network-editor.js';
import { HIDDEN_ACTIVATIONS, INITIALIZERS } from './choices.js';
import { faultsOf } from './layer-cards.js';
import type { CardKey, LayerCard } from './layer-cards.js';

export interface PanelActions {
  change(key: CardKey, text: string): void;
  move(by: -1 | 1): void;
  remove(): void;
}

type Control = HTMLInputElement | HTMLSelectElement;

/** In their order; one with choices is a select. */
const FIELDS: readonly { key: CardKey; title: string; choices?: readonly string[] }[] = [
  { key: 'units', title: words.units },
  { key: 'activation', title: words.activation, choices: HIDDEN_ACTIVATIONS },
  { key: 'dropout', title: words.dropout },
  { key: 'normalization', title: words.normalization, choices: ['batch', 'layer'] },
  { key: 'l1', title: words.l1 },
  { key: 'l2', title: words.l2 },
  { key: 'initializer', title: words.initializer, choices: INITIALIZERS.slice(1) },
];

export class LayerPanel {
  readonly element = make('div', 'layer-panel');
  readonly #title = make('h4', 'layer-panel-title');
  readonly #fields: { key: CardKey; control: Control; fault: HTMLElement }[];
  readonly #earlier = make('button', '', words.earlier);
  readonly #later = make('button', '', words.later);
  readonly #remove = make('button', '', words.remove);

  constructor(actions: PanelActions) {
    this.element.id = 'layer-panel';
    this.element.setAttribute('role', 'group');
    this.#title.id = 'layer-panel-title';
    this.element.setAttribute('aria-labelledby', this.#title.id);
    const grid = make('div', 'layer-fields');
    this.#fields = FIELDS.map(({ key, title, choices }) => {
      const control = choices ? make('select') : make('input');
      control.id = `layer-${key}`;
      if (control instanceof HTMLInputElement) {
        control.autocomplete = 'off';
        control.inputMode = key === 'units' ? 'numeric' : 'decimal';
        if (key !== 'units') control.placeholder = '0';
      } else {
        control.append(new Option('', ''), ...choices!.map((name) => new Option(nameOf(key, name), name)));
      }
      control.addEventListener('input', () => actions.change(key, control.value));
      const label = make('label', '', title);
      label.htmlFor = control.id;
      const fault = make('p', 'field-error');
      fault.id = `${control.id}-error`;
      control.setAttribute('aria-describedby', fault.id);
      const field = make('div', 'field');
      field.append(label, control, fault);
      grid.append(field);
      return { key, control, fault };
    });
    const tools = make('div', 'layer-tools');
    this.#earlier.addEventListener('click', () => actions.move(-1));
    this.#later.addEventListener('click', () => actions.move(1));
    this.#remove.addEventListener('click', () => actions.remove());
    this.#remove.id = 'remove-layer';
    for (const button of [this.#earlier, this.#later, this.#remove]) button.type = 'button';
    tools.append(this.#earlier, this.#later, this.#remove);
    this.element.append(this.#title, grid, tools);
  }

  /**
   * @param usual the activation of layers that do not say theirs
   * @param isLocked tells of each field if it cannot be changed now
   */
  show(card: LayerCard, at: number, of: number, usual: string, isLocked: (key?: CardKey) => boolean): void {
    this.#title.textContent = words.layer(at + 1);
    const faults = faultsOf(card, words.unitsError);
    for (const { key, control, fault } of this.#fields) {
      if (control instanceof HTMLSelectElement) control.options[0]!.text = emptyOf(key, usual);
      // Not below the hands of someone who is typing.
      if (document.activeElement !== control || control instanceof HTMLSelectElement) control.value = card[key];
      control.disabled = isLocked(key);
      control.setAttribute('aria-invalid', String(key in faults));
      fault.textContent = faults[key] ?? '';
    }
    // They keep the focus, because a layer at an end may be moved back at once.
    this.#earlier.setAttribute('aria-disabled', String(at === 0 || isLocked()));
    this.#later.setAttribute('aria-disabled', String(at === of - 1 || isLocked()));
    this.#remove.setAttribute('aria-disabled', String(isLocked()));
  }
}

function nameOf(key: CardKey, name: string): string {
  return key === 'normalization' ? words.normalizations[name as 'batch' | 'layer'] : name;
}

function emptyOf(key: CardKey, usual: string): string {
  if (key === 'activation') return words.likeOthers(usual);
  return key === 'normalization' ? words.normalizations[''] : INITIALIZERS[0];
}
