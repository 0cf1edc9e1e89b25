/** The settings of the network and of its training, each with a sentence where it cannot be so. */
import { make } from '../../dom.js';
import { chooser, field, tick } from './controls.js';
import { isUnbalanced } from './guess.js';
import type { Session } from './session.js';
import { ACTIVATIONS, isUnused, OPTIMIZERS, readSettings } from './settings.js';
import type { TextField } from './settings.js';
import { isUnderWay } from './state.js';
import { words } from './words.js';

const say = words.settings;

const GROUPS: readonly { title: string; fields: readonly TextField[] }[] = [
  { title: say.network, fields: ['hidden', 'activation', 'dropout'] },
  { title: say.training, fields: ['optimizer', 'learningRate', 'batchSize', 'epochs', 'seed', 'patience'] },
  { title: say.held, fields: ['test', 'validation'] },
];

const CHOICES: Partial<Record<TextField, readonly string[]>> = { activation: ACTIVATIONS, optimizer: OPTIMIZERS };

export class SettingsPanel {
  readonly element = make('form', 'settings table-settings');

  constructor(session: Session) {
    const { store } = session;
    this.element.id = 'table-settings';
    this.element.noValidate = true;
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void session.train();
    });
    const controls = new Map<TextField, { control: HTMLInputElement | HTMLSelectElement; error: HTMLElement }>();
    const [stopsEarly, balanced] = [
      tick('table-stops-early', say.stopsEarly),
      tick('table-balanced', say.balanced),
    ] as const;
    const rare = make('span', 'note', ` ${say.unbalanced}`);
    balanced.box.append(rare);
    for (const { title, fields } of GROUPS) {
      const group = make('fieldset', 'fields');
      group.append(make('legend', '', title));
      for (const name of fields) {
        const choices = CHOICES[name];
        const id = `table-${name}`;
        const control = choices
          ? chooser(
              id,
              choices.map((value) => ({ value, text: value })),
            )
          : make('input');
        control.id = id;
        if (control instanceof HTMLInputElement) {
          control.autocomplete = 'off';
          if (name !== 'hidden') control.inputMode = name === 'epochs' || name === 'seed' ? 'numeric' : 'decimal';
          if (name === 'learningRate' || name === 'batchSize') control.placeholder = say.automatic;
        }
        control.addEventListener('input', () =>
          session.change({ fields: { ...store.state.fields, [name]: control.value } }),
        );
        const { box, error } = field(say.labels[name], control);
        if (name === 'hidden') box.classList.add('field-wide');
        controls.set(name, { control, error });
        group.append(box);
      }
      if (fields.includes('patience')) group.append(stopsEarly.box, balanced.box);
      if (fields.includes('test')) group.append(make('p', 'note field-wide', say.heldNote));
      this.element.append(group);
    }
    for (const [name, { input }] of [
      ['stopsEarly', stopsEarly],
      ['balanced', balanced],
    ] as const) {
      input.addEventListener('change', () =>
        session.change({ fields: { ...store.state.fields, [name]: input.checked } }),
      );
    }

    store.on(['fields', 'run', 'task', 'target', 'profile'], () => {
      const { fields, run, task, target, profile } = store.state;
      const locked = isUnderWay(run);
      const { faults } = readSettings(fields);
      for (const [name, { control, error }] of controls) {
        if (control.value !== fields[name]) control.value = fields[name];
        const fault = faults[name];
        control.setAttribute('aria-invalid', String(fault !== undefined));
        error.textContent = fault ? say.fault(fault) : '';
        control.disabled = locked || isUnused(name, fields);
      }
      stopsEarly.input.checked = fields.stopsEarly;
      balanced.input.checked = fields.balanced;
      stopsEarly.input.disabled = balanced.input.disabled = locked;
      balanced.box.hidden = task !== 'classes';
      const column = profile?.columns.find(({ name }) => name === target);
      rare.hidden = !column || !isUnbalanced(column);
    });
  }
}
