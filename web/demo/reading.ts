/**
 * Owner of everything that shows one reading: the preview of the input, the hidden activations, the ten
 * probabilities and the answer.
 */
import { colour, inkRamp } from './colour.js';
import { context2d, element, fitCanvas, make, oncePerFrame } from './dom.js';
import type { Answer, PageStore } from './state.js';

const CLASSES = 10;

export function mountReading(store: PageStore): void {
  mountPreview(store);
  mountActivations(store);
  mountProbabilities(store);
  mountAnswer(store);
}

/** The most probable class. */
function best(probabilities: Float32Array): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

function percent(probability: number): string {
  const value = 100 * probability;
  return value > 99.9 ? '> 99.9 %' : `${value.toFixed(1)} %`;
}

function mountPreview(store: PageStore): void {
  const canvas = element('preview', HTMLCanvasElement);
  const context = context2d(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  const rgba = new Uint32Array(image.data.buffer);
  const empty = new Uint8Array(rgba.length);
  store.on(['pixels', 'theme'], () => {
    const ramp = inkRamp();
    (store.state.pixels ?? empty).forEach((level, i) => (rgba[i] = ramp[level]!));
    context.putImageData(image, 0, 0);
  });
}

/** The fewest columns of square cells so that all layers, one under the other, fit into width × height. */
function columnsFor(layers: readonly number[], width: number, height: number, gap: number): number {
  const needed = (columns: number): number =>
    layers.reduce((sum, units) => sum + Math.ceil(units / columns), 0) * (width / columns) +
    gap * (layers.length - 1);
  let columns = 8;
  while (columns < width && needed(columns) > height) columns *= 2;
  return columns;
}

function mountActivations(store: PageStore): void {
  const canvas = element('activations', HTMLCanvasElement);
  const size = element('hidden-size', HTMLElement);
  const context = context2d(canvas);
  const paint = oncePerFrame(() => {
    const { width, height } = canvas;
    context.clearRect(0, 0, width, height);
    const { hiddenUnits, answer } = store.state;
    const gap = Math.round(height / 14);
    const columns = columnsFor(hiddenUnits, width, height, gap);
    const cell = width / columns;
    const inset = cell > 6 ? Math.max(1, Math.round(cell / 9)) : cell > 3 ? 1 : 0;
    const [line, positive, negative] = [colour('line'), colour('ink'), colour('negative')];
    let top = 0;
    hiddenUnits.forEach((units, index) => {
      const layer = answer?.hidden[index];
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
        context.globalAlpha = Math.min(1, Math.abs(value) / largest);
        context.fillStyle = value < 0 ? negative : positive;
        context.fillRect(left, above, wide, high);
      }
      top += Math.ceil(units / columns) * cell + gap;
    });
    context.globalAlpha = 1;
  });
  fitCanvas(canvas, paint);
  store.on(['answer', 'hiddenUnits', 'theme'], paint);
  store.on(['hiddenUnits'], () => {
    const { hiddenUnits } = store.state;
    size.textContent = hiddenUnits.length > 0 ? `${hiddenUnits.join(' + ')} units` : '';
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
  store.on(['answer'], () => {
    const probabilities = store.state.answer?.probabilities;
    const answer = probabilities && best(probabilities);
    bars.forEach(({ row, fill, value }, digit) => {
      const probability = probabilities?.[digit] ?? 0;
      row.classList.toggle('is-answer', digit === answer);
      fill.style.transform = `scaleX(${probability})`;
      value.textContent = probabilities ? percent(probability) : '';
    });
  });
}

/** How sure, and what else it might be. */
function confidence(probabilities: Float32Array): string {
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const [first, second] = order as [number, number];
  const sure = probabilities[first]!;
  if (sure >= 0.95) return 'Quite sure.';
  if (sure >= 0.6) return `Probably; else a ${second}.`;
  return `Hesitates: it might be a ${second}.`;
}

function mountAnswer(store: PageStore): void {
  const output = element('answer', HTMLOutputElement);
  const note = element('confidence', HTMLElement);
  const reader = element('reader', HTMLElement);
  const readers: Record<Answer['by'], string> = {
    pretrained: 'Read by the pretrained network.',
    trained: 'Read by your network.',
  };
  store.on(['answer'], () => {
    const { answer } = store.state;
    const text = answer ? String(best(answer.probabilities)) : '';
    // Set only when it changes: a screen reader speaks each time.
    if (output.textContent !== text) output.textContent = text;
    output.classList.toggle('is-unsure', answer !== undefined && Math.max(...answer.probabilities) < 0.6);
    note.textContent = answer ? confidence(answer.probabilities) : '';
    reader.textContent = answer ? readers[answer.by] : '';
  });
}
