/** Makes the controls of the playground: buttons, choices, sliders, fields for numbers. */
import { make } from '../../dom.js';
import { button as textButton } from '../parts/controls.js';
import { settingText } from './figures.js';
import { LIMITS, readNumber } from './settings.js';
import type { NumberName } from './settings.js';
import { words } from './words.js';

export function button(id: string, text: string, work: () => void, className = ''): HTMLButtonElement {
  const made = textButton(text, work, className);
  made.id = id;
  return made;
}

/** A control with its label; `show` brings it up to date. */
export interface Control<Value> {
  element: HTMLElement;
  show(value: Value): void;
}

function labelled(id: string, text: string, control: HTMLElement, ...more: HTMLElement[]): HTMLElement {
  const field = make('div', 'field');
  const label = make('label', '', text);
  label.htmlFor = control.id = id;
  field.append(label, control, ...more);
  return field;
}

export function choice<Name extends string>(
  id: string,
  text: string,
  names: readonly Name[],
  textOf: (name: Name) => string,
  choose: (name: Name) => void,
): Control<Name> {
  const select = make('select');
  select.append(...names.map((name) => new Option(textOf(name), name)));
  select.addEventListener('change', () => choose(select.value as Name));
  return {
    element: labelled(id, text, select),
    show: (name) => {
      select.value = name;
    },
  };
}

/** A field for a number, which says what is wrong with what is written in it; until it is right the last one holds. */
export function numberField(id: string, text: string, name: NumberName, set: (value: number) => void): Control<number> {
  const input = make('input');
  input.inputMode = 'isWhole' in LIMITS[name] ? 'numeric' : 'decimal';
  input.autocomplete = 'off';
  const error = make('p', 'field-error');
  error.id = `${id}-error`;
  input.setAttribute('aria-describedby', error.id);
  let shown: number | undefined;
  const tell = (isWrong: boolean): void => {
    input.setAttribute('aria-invalid', String(isWrong));
    error.textContent = isWrong ? words.wrong.number(LIMITS[name]) : '';
  };
  input.addEventListener('change', () => {
    const value = readNumber(input.value, LIMITS[name]);
    tell(value === undefined);
    if (value !== undefined && value !== shown) set(value);
  });
  return {
    element: labelled(id, text, input, error),
    show: (value) => {
      // Neither while somebody writes nor where it would take away what is written wrongly.
      if (value === shown) return;
      shown = value;
      input.value = settingText(value);
      tell(false);
    },
  };
}

/** A slider with its value beside its name. */
export function slider(
  id: string,
  text: string,
  name: 'noise' | 'points' | 'validation',
  step: number,
  textOf: (value: number) => string,
  set: (value: number) => void,
): Control<number> & { input: HTMLInputElement } {
  const input = make('input', 'slider');
  input.type = 'range';
  input.min = String(LIMITS[name].low);
  input.max = String(LIMITS[name].high);
  input.step = String(step);
  const value = make('output', 'slider-value');
  value.setAttribute('aria-hidden', 'true');
  const field = labelled(id, text, input);
  field.querySelector('label')!.append(value);
  input.addEventListener('input', () => set(Number(input.value)));
  return {
    element: field,
    input,
    show: (now) => {
      input.value = String(now);
      value.textContent = textOf(now);
      input.setAttribute('aria-valuetext', textOf(now));
    },
  };
}
