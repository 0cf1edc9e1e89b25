/** Pictures of the page as files that stand alone: SVG without a style sheet, and PNG of it. */
import { colour } from '../../colour.js';
import { context2d, make } from '../../dom.js';
import { svg } from '../parts/svg.js';
import { words } from './words.js';

/** Properties of the style sheet that a picture needs to look the same elsewhere. */
const LOOKS = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'font-family',
  'font-size',
];
/** Room for a title and, in a line below it, the keys. */
const HEAD = 60;
const MARGIN = 12;

/** A line of a chart's legend. */
export interface Key {
  text: string;
  /** The line that it explains, by its class. */
  line: string;
}

/** A chart of the page as a picture with its title and its keys, in the colours that it has on the page. */
export function chartFile(chart: SVGSVGElement, title: string, keys: readonly Key[]): string {
  const [, , width, height] = chart.getAttribute('viewBox')!.split(' ').map(Number) as [number, number, number, number];
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [...chart.querySelectorAll('*')];
  [...copy.querySelectorAll('*')].forEach((element, i) => {
    const style = getComputedStyle(originals[i]!);
    for (const name of LOOKS) {
      const value = style.getPropertyValue(name);
      if (value && value !== 'none' && value !== 'normal') element.setAttribute(name, value.replace(/px$/, ''));
      else if (name === 'fill') element.setAttribute(name, 'none');
    }
  });
  const group = svg('g', { transform: `translate(${MARGIN} ${HEAD})` });
  group.append(...copy.childNodes);
  const text = (content: string, x: number, y: number, more: Record<string, string | number>): SVGElement =>
    svg('text', { x, y, 'font-family': 'sans-serif', ...more }, content);
  const head = [text(title, MARGIN, 24, { 'font-size': 15, 'font-weight': 600, fill: colour('ink') })];
  let x = MARGIN;
  for (const { text: content, line } of keys) {
    const sample = svg('path', { d: `M${x} 42h16` });
    for (const name of ['stroke', 'stroke-width', 'stroke-dasharray']) {
      const value = group.querySelector(`.${line}`)?.getAttribute(name);
      if (value) sample.setAttribute(name, value);
    }
    head.push(sample, text(content, x + 22, 46, { 'font-size': 12, fill: colour('muted') }));
    x += 7 * content.length + 44;
  }
  return textOf(width + 2 * MARGIN, height + HEAD + MARGIN, [...head, group]);
}

/** A picture of pixels in a file of SVG. */
export function pixelsFile(canvas: HTMLCanvasElement, scale: number): string {
  const [width, height] = [canvas.width * scale, canvas.height * scale];
  const image = svg('image', { width, height, href: canvas.toDataURL('image/png'), 'image-rendering': 'pixelated' });
  return textOf(width, height, [image]);
}

/** How often each digit was read as each: rows are the digits. */
export function confusionPicture(confusion: ArrayLike<number>, rows: string, columns: string): SVGSVGElement {
  const CELL = 34;
  const LEFT = 40;
  const side = LEFT + 10 * CELL + 8;
  const most = Math.max(1, ...Array.from(confusion).filter((_, i) => i % 11 !== 0));
  const label = { 'font-family': 'sans-serif', 'font-size': 12, 'text-anchor': 'middle', fill: colour('muted') };
  const picture = svg('svg', { viewBox: `0 0 ${side} ${side}`, role: 'img' });
  const middle = LEFT + 5 * CELL;
  picture.append(
    svg('text', { ...label, x: middle, y: 12 }, columns),
    svg('text', { ...label, x: 10, y: middle, transform: `rotate(-90 10 ${middle})` }, rows),
  );
  for (let i = 0; i < 10; i++) {
    const at = LEFT + (i + 0.5) * CELL;
    picture.append(
      svg('text', { ...label, x: at, y: 32 }, String(i)),
      svg('text', { ...label, x: 30, y: at + 4 }, String(i)),
    );
  }
  for (let i = 0; i < 100; i++) {
    const isRight = i % 11 === 0;
    const [x, y] = [LEFT + (i % 10) * CELL, LEFT + Math.floor(i / 10) * CELL];
    const count = confusion[i]!;
    if (!isRight) {
      const place = { x: x + 1, y: y + 1, width: CELL - 2, height: CELL - 2, rx: 2 };
      picture.append(svg('rect', { ...place, fill: colour('line'), 'fill-opacity': 0.5 }));
      picture.append(svg('rect', { ...place, fill: colour('accent'), 'fill-opacity': (0.6 * count) / most }));
    }
    const look = { ...label, fill: colour(isRight ? 'muted' : 'ink'), x: x + CELL / 2, y: y + CELL / 2 + 4 };
    if (count > 0) picture.append(svg('text', look, String(count)));
  }
  return picture;
}

/** A picture that was made here, as a file. */
export function pictureFile(picture: SVGSVGElement): string {
  const [, , width, height] = picture.getAttribute('viewBox')!.split(' ').map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return textOf(
    width,
    height,
    [...picture.childNodes].map((node) => node.cloneNode(true)),
  );
}

function textOf(width: number, height: number, content: readonly Node[]): string {
  const picture = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(svg('rect', { width, height, fill: colour('surface') }), ...content);
  return new XMLSerializer().serializeToString(picture);
}

/** Pixels of a PNG for each of its picture. */
const SHARPNESS = 2;

/** A file of SVG as a PNG. */
export async function png(text: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = make('canvas');
    canvas.width = SHARPNESS * image.naturalWidth;
    canvas.height = SHARPNESS * image.naturalHeight;
    context2d(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
    return await blobOf(canvas);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Pixels as they are, each as a square of `scale`. */
export function enlarged(canvas: HTMLCanvasElement, scale: number): Promise<Blob> {
  const copy = make('canvas');
  copy.width = scale * canvas.width;
  copy.height = scale * canvas.height;
  const context = context2d(copy);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, copy.width, copy.height);
  return blobOf(copy);
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(words.pictures.large))), 'image/png');
  });
}
