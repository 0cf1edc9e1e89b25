/** Owner of the settings form: presets, the fields with their sentences, and their part of the address. */
import { addressed, readdress } from '../address.js';
import { element, make } from '../dom.js';
import type { PageStore } from '../state.js';
import { isRunning } from '../training/run.js';
import { words as firstView } from '../words/first-view.js';
import { trainingWords as words } from '../words/training.js';
import { BATCH_OPTIMIZERS, HIDDEN_ACTIVATIONS } from './choices.js';
import { FIELD_NAMES, FIELDS, fromQuery, PRESETS, presetOf, readSettings, toQuery } from './settings.js';
import type { FieldName, Fields, Settings } from './settings.js';

/** Fields that may change while a network learns; the others are locked until it stops. */
const LIVE: readonly FieldName[] = ['learningRate', 'activation', 'augmentation'];

/** The run under way, as far as it takes new settings. */
export interface LiveRun {
  setLearningRate(rate: number): void;
  change(settings: Settings): void;
}

export function mountSettingsForm(store: PageStore, live: LiveRun): void {
  const form = element('settings', HTMLFormElement);
  const presets = mountPresets(store);
  addChoices('activation', HIDDEN_ACTIVATIONS);
  addChoices('optimizer', BATCH_OPTIMIZERS);

  form.addEventListener('input', (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    if (!FIELD_NAMES.includes(field.name as FieldName)) return;
    store.set({ fields: { ...store.state.fields, [field.name]: field.value } });
  });

  // The layers are in the network's editor.
  const controls = FIELD_NAMES.filter((name) => name !== 'data' && name !== 'layers').map((name) => ({
    name,
    control: form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement,
  }));
  const sources = form.elements.namedItem('data') as RadioNodeList;
  store.on(['fields'], () => {
    const { fields } = store.state;
    const { settings, errors } = readSettings(fields);
    for (const { name, control } of controls) {
      if (control.value !== fields[name]) control.value = fields[name];
      const sentence = errors[name] ?? '';
      control.setAttribute('aria-invalid', String(sentence !== ''));
      element(`${control.id}-error`, HTMLElement).textContent = sentence;
    }
    sources.value = fields.data;
    form.dataset['source'] = fields.data;
    if (!errors.learningRate) live.setLearningRate(FIELDS.learningRate.read(fields.learningRate));
    if (settings) live.change(settings);
  });

  const note = element('lock-note', HTMLElement);
  const lockable = [
    ...controls.filter(({ name }) => !LIVE.includes(name)).map(({ control }) => control),
    ...sources,
    element('mnist-files', HTMLInputElement),
    ...presets,
  ];
  store.on(['run'], () => {
    const { phase, isTouched } = store.state.run;
    const locked = isRunning(phase);
    note.textContent = locked ? words.locked : isTouched ? words.touched : words.shared;
    if (form.classList.contains('is-locked') === locked) return;
    form.classList.toggle('is-locked', locked);
    for (const control of lockable) control.disabled = locked;
  });
  mountAddress(store);
}

function addChoices(id: string, names: readonly string[]): void {
  element(id, HTMLSelectElement).append(...names.map((name) => new Option(name, name)));
}

function mountPresets(store: PageStore): HTMLInputElement[] {
  const box = element('presets', HTMLFieldSetElement);
  const choices = [...PRESETS, { id: 'own', fields: {} } as const];
  /** True if "Your own" was chosen although the fields are still those of a preset. */
  let isOwn = false;
  const inputs = choices.map(({ id, fields }) => {
    const [title, detail] = firstView.presets[id];
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
    input.addEventListener('change', () => {
      isOwn = id === 'own';
      store.set({ fields: { ...store.state.fields, ...fields } });
    });
    return input;
  });
  store.on(['fields'], () => {
    const current = isOwn ? 'own' : (presetOf(store.state.fields)?.id ?? 'own');
    for (const input of inputs) input.checked = input.value === current;
  });
  return inputs;
}

/** The settings a page begins with: those of its address. */
export function addressedFields(): Fields {
  return fromQuery(addressed());
}

function mountAddress(store: PageStore): void {
  const write = (): void => readdress(toQuery(store.state.fields), 'replace');
  let first = true;
  store.on(['fields'], () => {
    // Not at first, so that an address stays as short as it came until the visitor changes something.
    if (!first) write();
    first = false;
  });
  window.addEventListener('hashchange', () => {
    const fields = addressedFields();
    if (FIELD_NAMES.every((name) => fields[name] === store.state.fields[name])) return; // another view, say
    if (!isRunning(store.state.run.phase)) store.set({ fields });
    else write(); // locked fields stay as they are
  });
}
