/** "Your table": a visitor's own table is read, a network is trained on it, and asked. */
import './view.css';
import './results.css';
import '../parts/parts.css';
import { make } from '../../dom.js';
import type { PageParts } from '../views.js';
import { AskPanel } from './ask-panel.js';
import { ColumnsPanel } from './columns-panel.js';
import { section } from './controls.js';
import { GivePanel } from './give-panel.js';
import { keepPanel } from './keep-panel.js';
import { preview, reading } from './preview.js';
import { figuresPanel, importancePanel } from './results-panel.js';
import { RunPanel } from './run-panel.js';
import { Session } from './session.js';
import { SettingsPanel } from './settings-panel.js';
import { words } from './words.js';

export async function mount(panel: HTMLElement, page: PageParts): Promise<void> {
  const session = new Session();
  const { store } = session;
  const head = make('div', 'view-head');
  head.append(make('h1', '', words.title), make('p', 'lede', words.lede));

  const columns = new ColumnsPanel(session);
  columns.element.append(preview(session), reading(session));

  const train = section('table-train-title', words.settings.title);
  const sides = make('div', 'table-sides');
  sides.append(new SettingsPanel(session).element, new RunPanel(session).element);
  train.append(sides);

  const results = section('table-results-title', words.results.title);
  const further = make('div', 'table-further');
  further.append(importancePanel(session), new AskPanel(session).element);
  results.append(figuresPanel(session), further);

  const give = new GivePanel(session, page.store);
  panel.append(head, give.element, columns.element, train, results, keepPanel(session));
  store.on(['profile', 'target', 'model'], () => {
    const { profile, target, model } = store.state;
    train.hidden = !profile || (target === undefined && !model);
    results.hidden = !model;
  });
  await session.restore();
  page.arrivals.on('table', (files) => give.take(files));
}
