/** The style sheet's colours for canvases. */

type Rgb = readonly [number, number, number];

/** Registered colour properties of style.css. */
export type ColourName = 'ink' | 'muted' | 'line' | 'surface' | 'accent' | 'positive' | 'negative';

/** A colour of the current theme, as CSS text. */
export function colour(name: ColourName): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
}

let probe: OffscreenCanvasRenderingContext2D | undefined;

/** A CSS colour as sRGB levels. */
function rgbOf(css: string): Rgb {
  probe ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  probe.fillStyle = css;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return [red!, green!, blue!];
}

/** 256 RGBA entries through these colours, evenly spaced. */
function ramp(stops: readonly Rgb[]): Uint32Array {
  const entries = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level++) {
    const place = (level / 255) * (stops.length - 1);
    const from = Math.min(Math.floor(place), stops.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const low = stops[from]![channel]!;
      entries[4 * level + channel] = low + (stops[from + 1]![channel]! - low) * (place - from);
    }
    entries[4 * level + 3] = 255;
  }
  return new Uint32Array(entries.buffer);
}

/** From paper to ink, by grey level. */
export function inkRamp(): Uint32Array {
  return ramp([rgbOf(colour('surface')), rgbOf(colour('ink'))]);
}

/** From negative through paper (128) to positive. */
export function signedRamp(): Uint32Array {
  return ramp([rgbOf(colour('negative')), rgbOf(colour('surface')), rgbOf(colour('positive'))]);
}
