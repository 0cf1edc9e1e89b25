/** Owner of the pictures of the run, and of its log, to save. */
import { LineChart } from 'mlp-wasm/charts';
import { make, oncePerFrame } from '../../dom.js';
import { CHARTS, drawingOf, paintKernels } from '../../training/below.js';
import { button, save } from '../parts/controls.js';
import type { PageParts } from '../views.js';
import { section, statusLine } from './controls.js';
import { logFile } from './log-file.js';
import { chartFile, confusionPicture, enlarged, pictureFile, pixelsFile, png } from './picture-files.js';
import { words } from './words.js';

const say = words.pictures;

/** A picture on the page, with what makes files of it. */
interface Shown {
  name: string;
  title: string;
  element: Element;
  svg(): string;
  png?(): Promise<Blob>;
}

/** The confusion of a network that has read nothing yet. */
const NOTHING = new Uint32Array(100);

/** Pixels of the kernels' file for each weight. */
const KERNEL_PIXELS = 4;

export function picturesPanel({ store }: PageParts): HTMLElement {
  const panel = section('share-pictures', say.title, say.lede);
  const note = statusLine();
  const log = button(say.log, () => {
    save('run.csv', logFile(store.state.run.curve), 'text/csv');
    note.textContent = say.saved('run.csv');
  });
  const tools = make('div', 'share-tools');
  tools.append(log);

  const charts = CHARTS.map((options) => {
    const place = make('div', 'share-chart');
    const chart = new LineChart(place, () => undefined);
    const title = say.charts[options.training];
    chart.label = title;
    const keys = [
      { text: say.training, line: 'mlp-line-training' },
      { text: say.validation, line: 'mlp-line-validation' },
    ];
    const shown: Shown = {
      name: options.training,
      title,
      element: place,
      svg: () => {
        const { earlier = [] } = drawingOf(store.state, options);
        const more = earlier.length > 0 ? [{ text: say.earlier, line: 'mlp-line-earlier' }] : [];
        return chartFile(place.querySelector('svg')!, title, [...keys, ...more]);
      },
    };
    return { shown, draw: () => chart.draw(drawingOf(store.state, options)) };
  });
  const kernels = make('canvas', 'share-kernels');
  kernels.setAttribute('role', 'img');
  kernels.setAttribute('aria-label', say.kernels);
  const confusion = make('div', 'share-confusion');
  const confused = figureOf(
    {
      name: 'confusion',
      title: say.confusion,
      element: confusion,
      svg: () => pictureFile(confusion.querySelector('svg')!),
    },
    note,
  );
  const grid = make('div', 'share-pictures');
  grid.append(
    ...charts.map(({ shown }) => figureOf(shown, note)),
    figureOf(
      {
        name: 'kernels',
        title: say.kernels,
        element: kernels,
        svg: () => pixelsFile(kernels, KERNEL_PIXELS),
        png: () => enlarged(kernels, KERNEL_PIXELS),
      },
      note,
    ),
    confused,
  );

  const paint = oncePerFrame(() => {
    const { view, run, kernels: tiles, mistakes } = store.state;
    if (view !== 'share') return;
    for (const { draw } of charts) draw();
    log.disabled = run.curve.epoch.length === 0;
    if (tiles) paintKernels(kernels, tiles);
    for (const press of confused.querySelectorAll('button')) press.disabled = mistakes === undefined;
    const picture = confusionPicture(mistakes?.confusion ?? NOTHING, say.digit, say.readAs);
    picture.setAttribute('aria-label', say.confusion);
    confusion.replaceChildren(picture);
  });
  store.on(['run', 'runs', 'view', 'theme', 'kernels', 'mistakes'], paint);
  panel.append(tools, grid, note);
  return panel;
}

function figureOf({ name, title, element, svg, png: ownPng }: Shown, note: HTMLElement): HTMLElement {
  const figure = make('figure', 'share-picture');
  const caption = make('figcaption');
  const press = (kind: 'SVG' | 'PNG', work: () => Promise<void>): HTMLButtonElement => {
    const made = button(kind, () => {
      work().then(
        () => (note.textContent = say.saved(`${name}.${kind.toLowerCase()}`)),
        (error: unknown) => (note.textContent = say.failed((error as Error).message)),
      );
    });
    made.setAttribute('aria-label', say.saveAs(title, kind));
    return made;
  };
  const buttons = make('span', 'share-kinds');
  buttons.append(
    press('SVG', () => Promise.resolve(save(`${name}.svg`, svg(), 'image/svg+xml'))),
    press('PNG', async () => save(`${name}.png`, await (ownPng ? ownPng() : png(svg())), 'image/png')),
  );
  caption.append(make('span', 'share-picture-title', title), buttons);
  figure.append(element, caption);
  return figure;
}
