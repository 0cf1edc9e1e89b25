/** Owner of "That was wrong: it is a ▢": one press keeps the drawing in my digits, another takes it back. */
import { element, make } from '../dom.js';
import type { PageStore } from '../state.js';
import { drawingWords as words } from '../words/drawing.js';
import type { Collection } from './collection.js';
import { newDigit, sameImage } from './my-digit.js';
import type { MyDigit } from './my-digit.js';

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

export function mountCorrection(store: PageStore, collection: Collection): void {
  const label = element('correction-label', HTMLElement);
  const spoken = element('correction-spoken', HTMLElement);
  const buttons = DIGITS.map((digit) => {
    const button = make('button', '', String(digit));
    button.type = 'button';
    button.setAttribute('aria-label', words.keep(digit));
    button.addEventListener('click', () => press(digit));
    return button;
  });
  element('correction-digits', HTMLElement).append(...buttons);

  /** The drawing among my digits, if it was kept. */
  const keptOne = (): MyDigit | undefined => {
    const { pixels, myDigits } = store.state;
    return pixels && myDigits.find((digit) => sameImage(digit.pixels, pixels));
  };
  const press = (digit: number): void => {
    const { pixels, strokes, answer, number } = store.state;
    if (!pixels || answer?.of !== pixels || number) return;
    const kept = keptOne();
    if (kept?.label === digit) collection.remove(new Set([kept.id]));
    else if (kept) collection.relabel(new Set([kept.id]), digit);
    else collection.add(newDigit({ label: digit, time: Date.now(), strokes, pixels }));
    spoken.textContent = `${keptOne() ? words.kept(digit) : words.forgotten} ${words.count(store.state.myDigits.length)}`;
  };
  store.on(['answer', 'number', 'pixels', 'isDrawing', 'myDigits', 'myDigitsTrouble'], () => {
    const { answer, number, pixels, isDrawing, myDigitsTrouble } = store.state;
    const canKeep = pixels !== undefined && answer?.of === pixels && !isDrawing && !number;
    const kept = keptOne();
    label.textContent = !kept ? words.wrong : myDigitsTrouble ? words.trouble[myDigitsTrouble] : words.kept(kept.label);
    buttons.forEach((button, digit) => {
      // Not disabled, because a button that is would lose the focus with each stroke.
      button.setAttribute('aria-disabled', String(!canKeep));
      button.setAttribute('aria-pressed', String(kept?.label === digit));
    });
  });
}
