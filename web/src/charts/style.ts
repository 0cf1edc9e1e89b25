/**
 * The style sheet of the charts. Text and lines are of the page's own colour, so that they are dark on light and light on
 * dark wherever they stand; the accent follows `color-scheme`. A page changes them by the variables `--mlp-chart-…`.
 */

const CSS = `
.mlp-chart {
  --mlp-ink: var(--mlp-chart-ink, currentColor);
  --mlp-muted: var(--mlp-chart-muted, color-mix(in srgb, currentColor 70%, transparent));
  --mlp-line: var(--mlp-chart-line, color-mix(in srgb, currentColor 16%, transparent));
  --mlp-accent: var(--mlp-chart-accent, #2347c5);
  --mlp-faint: color-mix(in srgb, currentColor 6%, transparent);
  --mlp-edge: color-mix(in srgb, currentColor 40%, transparent);
  margin: 0 0 24px;
  min-width: 0;
  font-variant-numeric: tabular-nums;
}
@supports (color: light-dark(red, red)) {
  .mlp-chart { --mlp-accent: var(--mlp-chart-accent, light-dark(#2347c5, #8fa9ff)); }
}
.mlp-chart figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; margin-bottom: 6px; }
.mlp-chart-title { font-weight: 600; }
.mlp-chart-legend { display: flex; flex-wrap: wrap; gap: 0 14px; font-size: 13px; color: var(--mlp-muted); }
.mlp-chart-legend b { display: inline-block; min-width: 5ch; font-weight: 500; color: var(--mlp-ink); }
.mlp-chart-key::before {
  content: ''; display: inline-block; width: 14px; margin-right: 6px; vertical-align: middle;
  border-top: 1.5px solid var(--mlp-muted);
}
.mlp-chart-key-accent::before { border-top: 3px solid var(--mlp-accent); }
.mlp-chart-plot { position: relative; overflow: hidden; }
.mlp-chart-plot > .mlp-chart-empty {
  position: absolute; inset: 0; display: grid; pointer-events: none; place-items: center; margin: 0; text-align: center; color: var(--mlp-muted);
}
.mlp-chart-plot > .mlp-chart-empty[hidden] { display: none; }
.mlp-chart svg { display: block; width: 100%; overflow: visible; }
.mlp-chart svg text { font-size: 12px; font-family: inherit; fill: var(--mlp-muted); }
.mlp-chart svg path { fill: none; stroke-linejoin: round; }
.mlp-chart .mlp-chart-axes path { stroke: var(--mlp-line); }
.mlp-chart .mlp-chart-cursor, .mlp-chart .mlp-chart-ideal { stroke: var(--mlp-muted); stroke-dasharray: 3 3; }
.mlp-chart .mlp-line-training { stroke: var(--mlp-muted); stroke-width: 1.25; }
.mlp-chart .mlp-line-validation { stroke: var(--mlp-accent); stroke-width: 2; }
.mlp-chart .mlp-points-validation { stroke: var(--mlp-accent); stroke-width: 6.5; stroke-linecap: round; }
.mlp-chart svg .mlp-chart-bars { fill: var(--mlp-accent); stroke: none; }
.mlp-chart svg .mlp-chart-counts { fill: var(--mlp-line); stroke: none; }
.mlp-chart-note { margin: 4px 0; font-size: 13px; color: var(--mlp-muted); }
.mlp-chart-note:empty { display: none; }
.mlp-chart-figures { margin-top: 4px; font-size: 13px; }
.mlp-chart-figures summary { width: fit-content; padding: 4px 0; cursor: pointer; color: var(--mlp-muted); }
.mlp-chart-scroll { overflow-x: auto; }
.mlp-chart table { border-collapse: collapse; font-size: 13px; }
.mlp-chart-figures table { width: 100%; }
.mlp-chart caption { padding: 4px 0; text-align: left; color: var(--mlp-muted); }
.mlp-chart-figures :is(th, td) {
  padding: 4px 8px 4px 0; border-bottom: 1px solid var(--mlp-line); text-align: right; font-weight: 400;
}
.mlp-chart-figures :is(th, td):first-child { text-align: left; }
.mlp-chart-matrix { border-spacing: 2px; border-collapse: separate !important; font-size: 12px; }
.mlp-chart-matrix th { padding: 2px 6px; font-weight: 500; color: var(--mlp-muted); text-align: right; white-space: nowrap; }
.mlp-chart-matrix thead th { text-align: center; }
.mlp-chart-matrix tbody td {
  min-width: 3ch; padding: 4px 6px; text-align: center; border-radius: 2px;
  background: color-mix(in srgb, var(--mlp-accent) calc(var(--mlp-share, 0) * 55%), var(--mlp-faint));
}
.mlp-chart-matrix td.mlp-chart-right { box-shadow: inset 0 0 0 1px var(--mlp-edge); }
.mlp-chart-layers { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr)); }
.mlp-chart-layer { min-width: 0; }
.mlp-chart-layer p { margin: 0 0 4px; font-size: 13px; color: var(--mlp-muted); }
.mlp-chart-layer p b { font-weight: 500; color: var(--mlp-ink); }
@media (forced-colors: active) {
  .mlp-chart { --mlp-accent: Highlight; }
  .mlp-chart-matrix tbody td { forced-color-adjust: none; color: CanvasText; border: 1px solid GrayText; }
}
`;

/** Documents and shadow roots that have it. */
const styled = new WeakSet<object>();

/** Gives the style sheet to where `element` is. It is adopted, because a Content-Security-Policy may forbid `<style>`. */
export function addStyle(element: Element): void {
  const root = element.getRootNode() as Document | ShadowRoot;
  const place = 'adoptedStyleSheets' in root ? root : element.ownerDocument;
  if (styled.has(place)) return;
  styled.add(place);
  // Of the element's own window: a sheet of another document cannot be adopted.
  const Sheet = (element.ownerDocument.defaultView ?? globalThis).CSSStyleSheet;
  const sheet = new Sheet();
  sheet.replaceSync(CSS);
  place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
}
