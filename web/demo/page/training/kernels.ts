/** Owner of the picture of the first layer's kernels: one tile a unit. */
import { signedRamp } from '../colour.js';
import { context2d, element, oncePerFrame } from '../dom.js';
import type { Kernels, PageStore } from '../state.js';
import { words } from '../words/first-view.js';
import { whole } from '../words/numbers.js';

const TILE = 28;
/** Pixels of paper between two tiles, in tile pixels. */
const GAP = 2;

/** Columns for a picture about twice as wide as high, with full rows where that is possible. */
function columnsFor(units: number): number {
  const wished = Math.max(1, Math.round(Math.sqrt(2 * units)));
  for (let columns = wished; columns <= Math.min(units, wished + 4); columns++) {
    if (units % columns === 0) return columns;
  }
  return Math.min(units, wished);
}

function captionOf({ by, units, of }: Kernels): string {
  const { some, all, whose } = words.kernels;
  return `${units < of ? some(whole(units), whole(of)) : all} ${whose[by]}`;
}

/** Paints one tile a unit, in a raster of one pixel a weight. */
export function paintKernels(canvas: HTMLCanvasElement, { units, levels }: Kernels, ramp = signedRamp()): void {
  const columns = columnsFor(units);
  const width = columns * (TILE + GAP) - GAP;
  const height = Math.ceil(units / columns) * (TILE + GAP) - GAP;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const image = new ImageData(width, height);
  const rgba = new Uint32Array(image.data.buffer);
  for (let unit = 0; unit < units; unit++) {
    const corner = Math.floor(unit / columns) * (TILE + GAP) * width + (unit % columns) * (TILE + GAP);
    for (let row = 0; row < TILE; row++) {
      const from = (unit * TILE + row) * TILE;
      for (let column = 0; column < TILE; column++) {
        rgba[corner + row * width + column] = ramp[levels[from + column]!]!;
      }
    }
  }
  context2d(canvas).putImageData(image, 0, 0);
}

export function mountKernels(store: PageStore): void {
  const canvas = element('kernels', HTMLCanvasElement);
  const whose = element('kernels-whose', HTMLElement);
  let ramp = signedRamp();

  const paint = oncePerFrame(() => {
    const { kernels } = store.state;
    if (kernels) paintKernels(canvas, kernels, ramp);
  });
  store.on(['theme'], () => {
    ramp = signedRamp();
    paint();
  });
  store.on(['kernels'], () => {
    const { kernels } = store.state;
    canvas.classList.toggle('is-empty', kernels === undefined);
    whose.textContent = kernels ? captionOf(kernels) : '';
    paint();
  });
}
