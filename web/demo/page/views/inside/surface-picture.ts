/** A slice of the loss as a picture that stands alone: colours, lines of equal loss, the path, and what the colours mean. */
import { colour } from '../../colour.js';
import { context2d, make } from '../../dom.js';
import type { Words } from '../../words/words.js';
import { number } from '../parts/numbers.js';
import { svg } from '../parts/svg.js';
import { lossColours, mixed } from './surface-colours.js';
import type { SurfaceField } from './surface-field.js';

/** Pixels of the colours to either side; between them the browser smooths. */
const RASTER = 160;
/** Height of what the colours mean, with its numbers, and the distance of two numbers at least. */
export const KEY = 46;
const BAR = 12;
const APART = 34;
/** Radius of a moment of the path. */
const DOT = 2.5;

export function surfacePicture(field: SurfaceField, side: number, words: Words['surface']): SVGSVGElement {
  const picture = svg('svg', { viewBox: `0 0 ${side} ${side + KEY}`, role: 'img', 'aria-label': words.plot });
  const levels = field.levels();
  const heat = svg('image', { width: side, height: side, href: heatOf(field), preserveAspectRatio: 'none' });
  picture.append(heat, ...levels.map((level) => lineOf(field, level, side)));
  picture.append(...pathOf(field, side, words), ...keyOf(field, levels, side, words));
  return picture;
}

function heatOf(field: SurfaceField): string {
  const canvas = make('canvas');
  canvas.width = canvas.height = RASTER;
  const image = new ImageData(RASTER, RASTER);
  const colours = lossColours();
  for (let i = 0; i < RASTER * RASTER; i++) {
    const place = field.shareAt(((i % RASTER) + 0.5) / RASTER, (Math.floor(i / RASTER) + 0.5) / RASTER);
    image.data.set([...mixed(colours, place).map(Math.round), 255], 4 * i);
  }
  context2d(canvas).putImageData(image, 0, 0);
  return canvas.toDataURL('image/png');
}

function lineOf(field: SurfaceField, level: number, side: number): SVGPathElement {
  const ends = field.contour(level).map((value) => (value * side).toFixed(1));
  let d = '';
  for (let i = 0; i + 3 < ends.length; i += 4) d += `M${ends[i]} ${ends[i + 1]}L${ends[i + 2]} ${ends[i + 3]}`;
  return svg('path', { d, fill: 'none', stroke: colour('ink'), 'stroke-opacity': 0.35, 'stroke-width': 1 });
}

/** The path on a halo of paper, so that it is seen on every colour. */
function pathOf(field: SurfaceField, side: number, words: Words['surface']): SVGElement[] {
  const { path, along } = field.surface;
  const places = path.map(({ x, y }) => field.placeOf(x, y).map((value) => value * side) as [number, number]);
  const [ink, paper] = [colour('ink'), colour('surface')];
  const d = `M${places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
  const line = { d, fill: 'none', 'stroke-linejoin': 'round', 'stroke-linecap': 'round' };
  const dot = ([cx, cy]: [number, number], r: number, look: Record<string, string | number>): SVGElement =>
    svg('circle', { cx: cx.toFixed(1), cy: cy.toFixed(1), r, ...look });
  const [first, last] = [places[0]!, places.at(-1)!];
  /** Beside a place, on the side that the path does not go to. */
  const label = ([x, y]: [number, number], next: [number, number], text: string): SVGElement => {
    const isRight = x > side / 2;
    const isBelow = y < 24 || (next[1] < y && y < side - 24);
    return svg(
      'text',
      {
        ...{ x: x + (isRight ? -10 : 10), y: isBelow ? y + 18 : y - 9, 'text-anchor': isRight ? 'end' : 'start' },
        ...{ 'font-family': 'sans-serif', 'font-size': 13, 'font-weight': 600, fill: ink },
        ...{ stroke: paper, 'stroke-width': 3.5, 'stroke-linejoin': 'round', 'paint-order': 'stroke' },
      },
      text,
    );
  };
  const end = [dot(last, 7, { fill: paper }), dot(last, 5, { fill: ink })];
  if (along === 'random') return [...end, label(last, last, words.here)];
  return [
    svg('path', { ...line, stroke: paper, 'stroke-width': 5 }),
    svg('path', { ...line, stroke: ink, 'stroke-width': 2 }),
    ...places.slice(1, -1).map((place) => dot(place, DOT, { fill: ink, stroke: paper, 'stroke-width': 1 })),
    dot(first, 5, { fill: paper, stroke: ink, 'stroke-width': 2.5 }),
    ...end,
    label(first, places[1]!, words.start),
    label(last, places.at(-2)!, words.end),
  ];
}

/** The colours from the smallest loss to the largest, with the levels of the lines. */
function keyOf(field: SurfaceField, levels: number[], side: number, words: Words['surface']): SVGElement[] {
  const colours = lossColours();
  const gradient = svg('linearGradient', { id: 'loss-colours' });
  gradient.append(...colours.map((each, i) => svg('stop', { offset: i / (colours.length - 1), 'stop-color': each })));
  const top = side + 8;
  const look = { 'font-family': 'sans-serif', 'font-size': 12, fill: colour('muted') };
  const bar = svg('rect', { x: 0, y: top, width: side, height: BAR, fill: 'url(#loss-colours)' });
  const name = svg('text', { ...look, x: 0, y: top + BAR + 18 }, words.loss);
  let free = 7 * words.loss.length + 12;
  const ticks = levels.flatMap((level) => {
    const x = field.share(level) * side;
    const mark = svg('path', { d: `M${x} ${top}v${BAR}`, stroke: colour('ink'), 'stroke-opacity': 0.5 });
    if (x - APART / 2 < free || x + APART / 2 > side) return [mark];
    free = x + APART / 2;
    return [mark, svg('text', { ...look, x, y: top + BAR + 18, 'text-anchor': 'middle' }, number(level))];
  });
  return [gradient, bar, name, ...ticks];
}
