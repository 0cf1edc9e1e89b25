/** Fields and choosers of this view, each with its label. */
import { make } from '../../dom.js';

export interface Choice {
  value: string;
  text: string;
}

export function chooser(id: string, options: readonly Choice[]): HTMLSelectElement {
  const select = make('select');
  select.id = id;
  setOptions(select, options);
  return select;
}

/** Replaces the options, if they are others. */
export function setOptions(select: HTMLSelectElement, options: readonly Choice[]): void {
  const now = JSON.stringify(options);
  if (select.dataset['options'] === now) return;
  select.dataset['options'] = now;
  select.replaceChildren(...options.map(({ value, text }) => new Option(text, value)));
}

/** A control below its label, with a place for a sentence. */
export function field(
  label: string,
  control: HTMLInputElement | HTMLSelectElement,
): { box: HTMLElement; error: HTMLElement } {
  const box = make('div', 'field');
  const name = make('label', '', label);
  name.htmlFor = control.id;
  const error = make('p', 'field-error');
  error.id = `${control.id}-error`;
  control.setAttribute('aria-describedby', error.id);
  box.append(name, control, error);
  return { box, error };
}

/** A box to tick, before its label. */
export function tick(id: string, label: string): { box: HTMLLabelElement; input: HTMLInputElement } {
  const box = make('label', 'table-tick');
  const input = make('input');
  input.type = 'checkbox';
  input.id = id;
  box.append(input, ' ', make('span', '', label));
  return { box, input };
}

/** A part of the view with its heading, which names it. */
export function section(id: string, title: string, className = ''): HTMLElement {
  const made = make('section', `table-section ${className}`.trim());
  const heading = make('h2', '', title);
  heading.id = id;
  made.setAttribute('aria-labelledby', id);
  made.append(heading);
  return made;
}

/** Sets a text that may be spoken, only where it is another. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
