/** The panel of the lesson that is on, above the view that it drives: its text, what to do, and what to watch. */
import './panel.css';
import { addressed, follow, readdress } from '../../address.js';
import { make } from '../../dom.js';
import { isRunning } from '../../training/run.js';
import { button } from '../parts/controls.js';
import { copy } from '../share/controls.js';
import type { PageParts } from '../views.js';
import { isOf, LESSONS, placeFromText, placeToText } from './lessons.js';
import type { Lesson, LessonStep, Place } from './lessons.js';
import { bringBack, finish, isSetAside, setAside } from './progress.js';
import { sourceLink } from './source.js';
import { words } from './words.js';
import type { StepWords } from './words.js';

export function mount(panel: HTMLElement, page: PageParts): void {
  new LessonPanel(panel, page);
}

/** The address of the view, which leaves out the first one's name. */
const named = (view: LessonStep['view']): string | undefined => (view === 'train' ? undefined : view);

/** A lesson's own link: with none of the settings of this page. */
function linkTo({ id, step }: Place): string {
  const address = new URL(location.href);
  const view = named(LESSONS[id].steps[step]!.view);
  address.hash = new URLSearchParams({ ...(view && { view }), lesson: placeToText({ id, step: 0 }) }).toString();
  return address.href;
}

class LessonPanel {
  readonly #page: PageParts;
  readonly #title = make('h2', 'lesson-title');
  readonly #at = make('p', 'lesson-at');
  readonly #body = make('div', 'lesson-body');
  readonly #text = make('div', 'lesson-words');
  readonly #note = make('p', 'lesson-note');
  readonly #source = make('p', 'lesson-source');
  readonly #set = button(words.set, () => this.#setControls(), 'primary');
  readonly #back = button(words.back, () => this.#move(-1));
  readonly #next = button(words.next, () => this.#move(1));
  readonly #fold = button(words.fold, () => this.#toggle(), 'quiet');
  readonly #restore = button(words.restore, () => this.#bringBack(), 'quiet');
  readonly #parts = { text: make('p'), act: make('p'), watch: make('p') };
  #place: Place | undefined;

  constructor(panel: HTMLElement, page: PageParts) {
    this.#page = page;
    this.#build(panel);
    page.store.on(['lesson'], () => this.#show());
    page.store.on(['run'], () => this.#showWhetherBusy());
    // Views below the panel, and what the focus comes to, keep clear of it while it stays in sight.
    new ResizeObserver(() =>
      document.documentElement.style.setProperty('--lesson', `${panel.hidden ? 0 : panel.offsetHeight}px`),
    ).observe(panel);
  }

  #build(panel: HTMLElement): void {
    this.#title.tabIndex = -1;
    this.#note.setAttribute('role', 'status');
    this.#body.id = 'lesson-body';
    this.#fold.setAttribute('aria-controls', this.#body.id);
    this.#fold.setAttribute('aria-expanded', 'true');
    this.#set.id = 'lesson-set';
    this.#next.id = 'lesson-next';
    this.#back.id = 'lesson-back';
    const head = make('header', 'lesson-head');
    const steps = make('div', 'lesson-steps');
    steps.append(this.#back, this.#next);
    const close = button(words.close, () => this.#close(), 'quiet');
    close.id = 'lesson-close';
    head.append(this.#title, this.#at, steps, this.#fold, close);
    const part = (name: 'text' | 'act' | 'watch'): HTMLElement => {
      const made = make('div', `lesson-${name}`);
      if (name !== 'text') made.append(make('h3', '', words[name]));
      this.#parts[name].setAttribute('aria-live', 'polite');
      made.append(this.#parts[name]);
      return made;
    };
    const act = part('act');
    act.append(this.#set, this.#note);
    this.#text.append(part('text'), act, part('watch'));
    const foot = make('div', 'lesson-foot');
    const link = button(words.copy, () => void this.#copyLink(), 'quiet');
    foot.append(this.#source, this.#restore, link);
    this.#body.append(this.#text, foot);
    panel.append(head, this.#body);
  }

  get #step(): LessonStep {
    return (LESSONS[this.#place!.id] as Lesson).steps[this.#place!.step]!;
  }

  #show(): void {
    const { lesson } = this.#page.store.state;
    if (lesson === undefined) return;
    const place = placeFromText(lesson);
    const isOther = place?.id !== this.#place?.id;
    this.#place = place;
    this.#body.hidden = this.#fold.hidden = this.#back.hidden = this.#next.hidden = place === undefined;
    if (!place) {
      this.#title.textContent = words.unknown;
      this.#at.textContent = '';
      return;
    }
    const { id, step } = place;
    const { source, steps } = LESSONS[id];
    const text = words.lessons[id];
    const said = (text.steps as readonly StepWords[])[step]!;
    this.#title.textContent = text.title;
    this.#at.textContent = words.at(step + 1, steps.length);
    for (const name of ['text', 'act', 'watch'] as const) this.#parts[name].textContent = said[name];
    this.#set.hidden = !('set' in this.#step);
    this.#back.disabled = step === 0;
    this.#next.textContent = step === steps.length - 1 ? words.finish : words.next;
    this.#note.textContent = '';
    this.#restore.hidden = !isSetAside();
    this.#source.replaceChildren(`${words.source} `, sourceLink(source, text.source));
    this.#showWhetherBusy();
    if (!isOther) return;
    this.#toggle(true);
    // A link may name the lesson alone.
    const { view } = this.#step;
    if (!addressed().has('view') && named(view)) follow({ view });
  }

  /** Settings of the first view are locked while it trains. */
  get #isBusy(): boolean {
    return this.#place !== undefined && this.#step.view === 'train' && isRunning(this.#page.store.state.run.phase);
  }

  #showWhetherBusy(): void {
    this.#set.setAttribute('aria-disabled', String(this.#isBusy));
    if (!this.#isBusy && this.#note.textContent === words.isBusy) this.#note.textContent = '';
  }

  #setControls(): void {
    const { view, set = '' } = this.#step;
    if (this.#isBusy) {
      this.#note.textContent = words.isBusy;
      return;
    }
    setAside();
    const others = [...addressed().keys()].filter((key) => isOf(view, key));
    const without = Object.fromEntries(others.map((key) => [key, undefined]));
    const wanted = Object.fromEntries(new URLSearchParams(set));
    const before = location.hash;
    follow({ ...without, ...wanted, view: named(view) });
    if (location.hash === before) {
      // Its settings stand in the address, but may have been trained on since: once without, and again.
      follow(without);
      follow(wanted);
    }
    this.#restore.hidden = false;
    this.#note.textContent = words.isSet;
  }

  #move(by: number): void {
    const { id, step } = this.#place!;
    const to = step + by;
    if (to === LESSONS[id].steps.length) {
      finish(id);
      this.#leave();
      return;
    }
    readdress({ lesson: placeToText({ id, step: to }) }, 'push');
    const isFirst = to === 0;
    this.#page.store.set({ lesson: placeToText({ id, step: to }) });
    if (isFirst) this.#next.focus();
  }

  /** To the list, where the next one is. */
  #leave(): void {
    follow({ view: 'lessons', lesson: undefined });
    document.getElementById('tab-lessons')?.focus();
  }

  #close(): void {
    follow({ lesson: undefined });
    document.getElementById(`tab-${this.#page.store.state.view}`)?.focus();
  }

  #toggle(isOpen = this.#body.hidden): void {
    this.#body.hidden = !isOpen;
    this.#fold.textContent = isOpen ? words.fold : words.unfold;
    this.#fold.setAttribute('aria-expanded', String(isOpen));
  }

  async #copyLink(): Promise<void> {
    const link = linkTo(this.#place!);
    this.#note.textContent = (await copy(link)) ? words.copied : words.notCopied(link);
  }

  #bringBack(): void {
    bringBack();
    this.#restore.hidden = true;
    this.#next.focus();
    this.#note.textContent = words.restored;
  }
}
