/** The list of lessons. The one that is begun stands above the view that it drives, in the panel. */
import './view.css';
import '../parts/parts.css';
import { follow } from '../../address.js';
import { element, make } from '../../dom.js';
import { button } from '../parts/controls.js';
import type { PageParts } from '../views.js';
import { LESSON_IDS, LESSONS } from './lessons.js';
import type { LessonId } from './lessons.js';
import { bringBack, finishedLessons, isSetAside } from './progress.js';
import { sourceLink } from './source.js';
import { words } from './words.js';

export function mount(panel: HTMLElement, { store }: PageParts): void {
  const head = make('header', 'view-head');
  head.append(make('h1', '', words.title), make('p', 'lede', words.lede));
  const aside = make('p', 'lessons-aside');
  const restore = button(words.restore, () => {
    bringBack();
    aside.replaceChildren(words.restored);
    panel.querySelector('button')?.focus();
  });
  aside.setAttribute('role', 'status');
  const list = make('ol', 'lessons-list');
  const cards = LESSON_IDS.map((id) => new Card(id));
  list.append(...cards.map(({ element }) => element));
  panel.append(head, aside, list);
  store.on(['view', 'lesson'], () => {
    if (store.state.view !== 'lessons') return;
    const finished = finishedLessons();
    for (const card of cards) card.show(finished.includes(card.id));
    aside.replaceChildren(...(isSetAside() ? [words.setAside, restore] : []));
    aside.hidden = !isSetAside();
  });
}

class Card {
  readonly element = make('li', 'lesson-card');
  readonly #begin: HTMLButtonElement;
  readonly #done = make('span', 'lesson-card-done', words.finished);

  constructor(readonly id: LessonId) {
    const { title, about, source } = words.lessons[id];
    const { steps, source: place } = LESSONS[id];
    const heading = make('h2', '', title);
    heading.id = `lesson-of-${id}`;
    const from = make('p', 'lesson-card-source', `${words.source} `);
    from.append(sourceLink(place, source));
    const foot = make('div', 'lesson-card-foot');
    this.#begin = button(words.start, () => begin(id));
    this.#begin.id = `begin-${id}`;
    this.#begin.setAttribute('aria-describedby', heading.id);
    foot.append(this.#begin, make('span', '', words.steps(steps.length)), this.#done);
    this.element.append(heading, make('p', '', about), from, foot);
  }

  show(isFinished: boolean): void {
    this.#done.hidden = !isFinished;
    this.#begin.textContent = isFinished ? words.again : words.start;
  }
}

function begin(id: LessonId): void {
  const { view } = LESSONS[id].steps[0];
  follow({ lesson: id, view: (view as string) === 'train' ? undefined : view });
  element('lesson', HTMLElement).focus();
}
