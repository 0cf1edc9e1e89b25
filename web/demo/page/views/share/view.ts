/** The view "Keep and share": what was made here, for other people and other tools. */
import '../parts/parts.css';
import './view.css';
import { make } from '../../dom.js';
import type { PageParts } from '../views.js';
import { codePanel } from './code-panel.js';
import { followNetwork } from './latest.js';
import { linkPanel } from './link-panel.js';
import { ModelPanel } from './model-panel.js';
import { OpenPanel } from './open-panel.js';
import { picturesPanel } from './pictures-panel.js';
import { PytorchPanel } from './pytorch-panel.js';
import { runsPanel } from './runs-panel.js';
import { words } from './words.js';

export async function mount(panel: HTMLElement, page: PageParts): Promise<void> {
  const past = await page.pastRuns();
  const head = make('div', 'view-head');
  head.append(make('h1', '', words.title), make('p', 'lede', words.lede));
  const model = new ModelPanel(page);
  panel.append(
    head,
    linkPanel(page),
    model.element,
    new OpenPanel(page).element,
    runsPanel(page.store, past),
    picturesPanel(page),
    codePanel(page),
    new PytorchPanel(page).element,
  );
  followNetwork(page, 'share', (network) => model.show(network));
}
