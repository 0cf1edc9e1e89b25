/** The legend of the large surface: its shapes, its colours and its line. */
import { make } from '../../dom.js';
import { isRegression } from './data.js';
import type { UnitPlace } from './diagram.js';
import { settingText } from './figures.js';
import { activationOf } from './pictures.js';
import type { Settings } from './settings.js';
import { middleOf } from './surface.js';
import { words } from './words.js';

export class PlaneLegend {
  readonly element = make('ul', 'plane-legend');
  #shown = '';

  /** For the surface of this input or unit. */
  show(settings: Settings, place: UnitPlace): void {
    const { legend } = words.plane;
    const hasClasses = !isRegression(settings.data);
    const isOutput = 'layer' in place && place.layer === settings.layers.length;
    const middle = 'layer' in place ? middleOf(activationOf(settings, place.layer)) : 0;
    const items = [
      ...(hasClasses
        ? [
            ['one', legend.one],
            ['zero', legend.zero],
          ]
        : [['values', legend.values]]),
      ['held', legend.held],
      ['line', hasClasses && isOutput ? legend.line : legend.middle(settingText(middle))],
    ] as const;
    const shown = JSON.stringify(items);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.replaceChildren(...items.map(([name, text]) => make('li', `legend-${name}`, text)));
  }
}
