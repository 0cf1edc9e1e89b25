/** Elements of SVG, and the ticks of axes. */

const SVG = 'http://www.w3.org/2000/svg';

export function makeSvg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

export function textOf(content: string, attributes: Record<string, string | number>): SVGTextElement {
  const made = makeSvg('text', attributes);
  made.textContent = content;
  return made;
}

/** Ticks from `low` to `high`, a few, at 1, 2 or 5 times a power of ten. */
export function ticksOf(low: number, high: number, most: number, least = 0): { values: number[]; digits: number } {
  const raw = Math.max((high - low) / most, least, 1e-30);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return {
    values: Array.from({ length: count }, (_, i) => (first + i) * step),
    digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)),
  };
}

/** A tick's number, in the space that an axis has. */
export function tickLabel(value: number, digits: number): string {
  if (value === 0) return '0';
  if (digits <= 4 && Math.abs(value) < 1e5) return value.toFixed(digits);
  return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
}
