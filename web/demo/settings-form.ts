/** Owner of the settings form: presets, the fields with their sentences, and the URL hash. */
import { element, make } from './dom.js';
import {
  BATCH_OPTIMIZERS,
  FIELD_NAMES,
  fromHash,
  HIDDEN_ACTIVATIONS,
  PRESETS,
  presetOf,
  readSettings,
  toHash,
} from './settings.js';
import type { FieldName, Fields } from './settings.js';
import type { PageStore } from './state.js';

export function mountSettingsForm(store: PageStore): void {
  const form = element('settings', HTMLFormElement);
  mountPresets(store);
  addChoices('activation', HIDDEN_ACTIVATIONS);
  addChoices('optimizer', BATCH_OPTIMIZERS);

  form.addEventListener('input', (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    if (!FIELD_NAMES.includes(field.name as FieldName)) return;
    store.set({ fields: { ...store.state.fields, [field.name]: field.value } });
  });

  const controls = FIELD_NAMES.filter((name) => name !== 'data').map((name) => ({
    name,
    control: form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement,
  }));
  const sources = form.elements.namedItem('data') as RadioNodeList;
  store.on(['fields'], () => {
    const { fields } = store.state;
    const { errors } = readSettings(fields);
    for (const { name, control } of controls) {
      if (control.value !== fields[name]) control.value = fields[name];
      const sentence = errors[name] ?? '';
      control.setAttribute('aria-invalid', String(sentence !== ''));
      element(`${control.id}-error`, HTMLElement).textContent = sentence;
    }
    sources.value = fields.data;
    form.dataset['source'] = fields.data;
  });
  mountHash(store);
}

function addChoices(id: string, names: readonly string[]): void {
  element(id, HTMLSelectElement).append(...names.map((name) => new Option(name, name)));
}

function mountPresets(store: PageStore): void {
  const box = element('presets', HTMLFieldSetElement);
  const choices = [...PRESETS, { id: 'own', title: 'Your own', detail: 'change any detail below', fields: {} }];
  const inputs = choices.map(({ id, title, detail, fields }) => {
    const label = make('label', 'preset');
    const input = make('input');
    input.type = 'radio';
    input.name = 'preset';
    input.value = id;
    input.id = `preset-${id}`;
    const text = make('span', 'preset-text');
    text.append(make('span', 'preset-title', title), ' ', make('span', 'preset-detail', detail));
    label.append(input, text);
    box.append(label);
    input.addEventListener('change', () => store.set({ fields: { ...store.state.fields, ...fields } }));
    return input;
  });
  store.on(['fields'], () => {
    const current = presetOf(store.state.fields)?.id ?? 'own';
    for (const input of inputs) input.checked = input.value === current;
  });
}

/** The settings a page begins with: those of its address. */
export function addressedFields(): Fields {
  return fromHash(location.hash);
}

function mountHash(store: PageStore): void {
  let first = true;
  store.on(['fields'], () => {
    // An address that nobody changed anything at stays as short as it came.
    if (!first) history.replaceState(null, '', toHash(store.state.fields));
    first = false;
  });
  window.addEventListener('hashchange', () => store.set({ fields: addressedFields() }));
}
