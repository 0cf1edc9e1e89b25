/**
 * Owner of everything that shows one reading: the preview of the input, the hidden activations, the ten
 * probabilities and the answer. Until something is drawn it shows, softly, the reading of the page's own first digit.
 */
import { colour, inkRamp } from '../colour.js';
import { context2d, element, fitCanvas, make, oncePerFrame } from '../dom.js';
import { isBlank } from '../state.js';
import type { PageStore, State } from '../state.js';
import { drawingWords as words } from '../words/drawing.js';
import { words as firstView } from '../words/first-view.js';
import { fixed, whole } from '../words/numbers.js';
import { skillOf } from '../training/run.js';
import { bestOf, confidence } from './confidence.js';
import type { Reading } from './look-inside.js';

const CLASSES = 10;
/** Opacity of a reading that is not of the visitor's drawing. */
const SOFT = 0.35;

export function mountReading(store: PageStore): void {
  mountPreview(store);
  mountActivations(store);
  mountProbabilities(store);
  mountAnswer(store);
  const pipeline = element('pipeline', HTMLElement);
  store.on(['strokes', 'found'], () => pipeline.classList.toggle('is-soft', isBlank(store.state)));
}

/** The reading that is shown, and whether softly. */
function shown(state: State): { reading: Reading | undefined; soft: boolean } {
  const { answer, firstDigit } = state;
  const soft = isBlank(state);
  return { reading: soft ? firstDigit?.reading : answer, soft };
}

function percent(probability: number): string {
  const value = 100 * probability;
  return value > 99.9 ? '> 99.9 %' : `${fixed(value, 1)} %`;
}

function mountPreview(store: PageStore): void {
  const canvas = element('preview', HTMLCanvasElement);
  const context = context2d(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  const rgba = new Uint32Array(image.data.buffer);
  const empty = new Uint8Array(rgba.length);
  store.on(['pixels', 'firstDigit', 'theme'], () => {
    const ramp = inkRamp();
    const { pixels, firstDigit } = store.state;
    const soft = isBlank(store.state);
    const levels = (soft ? firstDigit?.pixels : pixels) ?? empty;
    levels.forEach((level, i) => (rgba[i] = ramp[Math.round(soft ? SOFT * level : level)]!));
    context.putImageData(image, 0, 0);
  });
}

/** The fewest columns of square cells so that all layers, one under the other, fit into width × height. */
function columnsFor(layers: readonly number[], width: number, height: number, gap: number): number {
  const needed = (columns: number): number =>
    layers.reduce((sum, units) => sum + Math.ceil(units / columns), 0) * (width / columns) + gap * (layers.length - 1);
  let columns = 8;
  while (columns < width && needed(columns) > height) columns *= 2;
  return columns;
}

/** "128 units", "256 + 128 units"; of many layers how many they are. */
function sizeOf(layers: readonly number[]): string {
  const { none, layers: many, size } = firstView.reading;
  if (layers.length === 0) return none;
  if (layers.length > 3) return many(whole(layers.length));
  return size(layers.join(' + '));
}

function mountActivations(store: PageStore): void {
  const canvas = element('activations', HTMLCanvasElement);
  const size = element('hidden-size', HTMLElement);
  const context = context2d(canvas);
  const paint = oncePerFrame(() => {
    const { width, height } = canvas;
    context.clearRect(0, 0, width, height);
    const { hiddenUnits } = store.state;
    const { reading, soft } = shown(store.state);
    const gap = Math.round(height / 14);
    const columns = columnsFor(hiddenUnits, width, height, gap);
    const cell = width / columns;
    const inset = cell > 6 ? Math.max(1, Math.round(cell / 9)) : cell > 3 ? 1 : 0;
    const [line, positive, negative] = [colour('line'), colour('ink'), colour('negative')];
    let top = 0;
    hiddenUnits.forEach((units, index) => {
      const layer = reading?.hidden[index];
      const largest = layer?.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6) ?? 1;
      for (let unit = 0; unit < units; unit++) {
        const value = layer?.[unit] ?? 0;
        const left = Math.round((unit % columns) * cell);
        const wide = Math.round(((unit % columns) + 1) * cell) - left - inset;
        const above = Math.round(top + Math.floor(unit / columns) * cell);
        const high = Math.round(top + (Math.floor(unit / columns) + 1) * cell) - above - inset;
        context.globalAlpha = 1;
        context.fillStyle = line;
        context.fillRect(left, above, wide, high);
        context.globalAlpha = Math.min(1, Math.abs(value) / largest) * (soft ? SOFT : 1);
        context.fillStyle = value < 0 ? negative : positive;
        context.fillRect(left, above, wide, high);
      }
      top += Math.ceil(units / columns) * cell + gap;
    });
    context.globalAlpha = 1;
  });
  fitCanvas(canvas, paint);
  store.on(['answer', 'firstDigit', 'strokes', 'found', 'hiddenUnits', 'theme'], paint);
  store.on(['hiddenUnits'], () => {
    const { hiddenUnits } = store.state;
    size.textContent = sizeOf(hiddenUnits);
    size.title = hiddenUnits.length > 3 ? firstView.reading.units(hiddenUnits.join(' + ')) : '';
  });
}

function mountProbabilities(store: PageStore): void {
  const list = element('probabilities', HTMLOListElement);
  const bars = Array.from({ length: CLASSES }, (_, digit) => {
    const row = make('li', 'bar');
    const fill = make('span', 'bar-fill');
    const track = make('span', 'bar-track');
    const value = make('span', 'bar-value');
    track.append(fill);
    row.append(make('span', 'bar-digit', String(digit)), track, value);
    list.append(row);
    return { row, fill, value };
  });
  store.on(['answer', 'firstDigit', 'strokes', 'found'], () => {
    const { reading, soft } = shown(store.state);
    const best = reading && bestOf(reading);
    bars.forEach(({ row, fill, value }, digit) => {
      const probability = reading?.probabilities[digit] ?? 0;
      row.classList.toggle('is-answer', digit === best && !soft);
      fill.style.transform = `scaleX(${probability})`;
      value.textContent = reading && !soft ? percent(probability) : '';
    });
  });
}

function mountAnswer(store: PageStore): void {
  const output = element('answer', HTMLOutputElement);
  const note = element('confidence', HTMLElement);
  const reader = element('reader', HTMLElement);
  const spoken = element('spoken', HTMLElement);
  const { by: readers, refusedBeside, byHand, first } = firstView.reading;
  const refusers = { pretrained: readers.pretrained, trained: refusedBeside };
  /** The drawing whose answer a screen reader was given last. */
  let heard: State['strokes'] | State['found'];

  store.on(['answer', 'number', 'firstDigit', 'strokes', 'found', 'isDrawing'], () => {
    const { answer, number, strokes, found, isDrawing, pixels, run, firstDigit, hand } = store.state;
    const drawing = found ?? strokes;
    const best = answer && bestOf(answer);
    output.textContent = number ?? (best === undefined ? '' : String(best));
    output.classList.toggle('is-number', number !== undefined);
    output.style.setProperty('--count', String(number?.length ?? 1));
    output.dataset['first'] = String((firstDigit?.reading && bestOf(firstDigit.reading)) ?? '');
    const skill = answer?.by === 'trained' ? skillOf(run) : 'good';
    const sentence = number ? words.number(number.length) : answer ? confidence(answer, skill) : '';
    output.classList.toggle(
      'is-unsure',
      answer !== undefined && number === undefined && (skill === 'none' || Math.max(...answer.probabilities) < 0.6),
    );
    output.classList.toggle('is-refused', answer?.refused === true && number === undefined);
    note.textContent = sentence;
    const hasLearned = answer?.by === 'pretrained' && hand !== 0;
    reader.textContent = answer
      ? hasLearned && !answer.refused
        ? byHand
        : (answer.refused && number === undefined && skill !== 'none' ? refusers : readers)[answer.by]
      : isBlank(store.state) && firstDigit
        ? first
        : '';
    // Said once for a drawing, when the pen lifts, because announcing every change while it draws or learns would never
    // end.
    if (isBlank(store.state)) spoken.textContent = '';
    if (isDrawing || !answer || answer.of !== pixels || heard === drawing) return;
    heard = drawing;
    spoken.textContent = output.textContent === '' ? sentence : `${output.textContent}. ${sentence}`;
  });
}
