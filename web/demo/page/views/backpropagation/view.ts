/** The view of backpropagation, step by step: on the drawn digit, by a copy of the network that answers. */
import { init } from 'mlp-wasm';
import './view.css';
import '../parts/parts.css';
import { addressed, readdress } from '../../address.js';
import { make, oncePerFrame } from '../../dom.js';
import { FIELDS } from '../../settings/settings.js';
import type { Trace } from '../../specimen/specimen.js';
import { loadWords } from '../../words/words.js';
import type { Words } from '../../words/words.js';
import { block } from '../parts/mathml.js';
import { layersInWords, UnitNames } from '../parts/names.js';
import { number } from '../parts/numbers.js';
import { Picture } from '../parts/picture.js';
import { aboutNetwork, Study } from '../parts/study.js';
import type { PageParts } from '../views.js';
import { pathOf } from './arithmetic.js';
import { CheckPanel } from './check.js';
import { contentOf } from './content.js';
import { NOTATIONS, Symbols } from './notations.js';
import { Player, titleOf } from './player.js';
import type { Content } from './scene.js';
import { stepsOf } from './steps.js';
import { UpdatePanel } from './update-panel.js';
import { chooser } from './worked.js';

const DIGITS = 10;
/** Pictures of a step, at most. */
const PICTURES = 4;

export async function mount(panel: HTMLElement, page: PageParts): Promise<void> {
  const [all] = await Promise.all([loadWords(), init()]);
  new BackpropagationView(panel, page, all);
}

class BackpropagationView {
  readonly #panel: HTMLElement;
  readonly #words: Words;
  readonly #study: Study;
  readonly #player: Player;
  readonly #check: CheckPanel;
  readonly #update: UpdatePanel;
  readonly #pictures = Array.from({ length: PICTURES }, () => new Picture());
  readonly #target = make('select');
  readonly #notation = make('select');
  readonly #network = make('p', 'view-note');
  readonly #changed = make('p', 'changed');
  readonly #title = make('h2', 'step-title');
  readonly #text = make('p', 'step-text');
  readonly #equations = make('div', 'equations');
  readonly #worked = make('section', 'worked');
  readonly #most = make('section', 'most');
  readonly #article = make('article', 'step');
  readonly #spoken = make('p', 'sr-only');
  readonly #render = oncePerFrame(() => this.#renderNow());
  /** The units that the visitor chose: entry 0 the pixel, entry l + 1 of layer l. */
  #chosen: (number | undefined)[] = [];
  #trace: Trace | undefined;
  /** Of the network whose steps the rail shows, and its notation. */
  #rail = '';
  /** The step that the address asks for, until there is a network that has it. */
  #wanted: string | undefined;

  constructor(panel: HTMLElement, page: PageParts, words: Words) {
    this.#panel = panel;
    this.#words = words;
    this.#player = new Player(words.steps, () => {
      this.#spoken.textContent = this.#heading();
      this.#writeAddress();
      this.#render();
    });
    this.#check = new CheckPanel(words.steps, this.#render);
    const { fields } = page.store.state;
    const rate = Number(fields.learningRate.replace(',', '.'));
    this.#update = new UpdatePanel(
      words.update,
      rate > 0 ? rate : Number(FIELDS.learningRate.initial),
      () => {
        const { specimen } = this.#study;
        return specimen && this.#trace && { specimen, trace: this.#trace, names: this.#names() };
      },
      {
        rate: this.#render,
        step: (isFirstAgain) => {
          this.#study.isChanged = !isFirstAgain;
          this.#render();
        },
      },
    );
    this.#build();
    this.#adopt();
    window.addEventListener('hashchange', () => this.#study.isShown && this.#adopt());
    this.#study = new Study(page, 'backpropagation', this.#render);
    page.store.on(['theme'], () => this.#pictures.forEach((picture) => picture.repaint()));
    page.store.on(['view'], () => {
      if (this.#study.isShown) this.#adopt();
      else if (this.#player.isPlaying) this.#player.pause();
    });
  }

  /** Takes the notation and the step that the address names. */
  #adopt(): void {
    const query = addressed();
    this.#notation.value = (NOTATIONS.find(({ id }) => id === query.get('b-as')) ?? NOTATIONS[0]).id;
    this.#wanted = query.get('b-step') ?? 'input';
    this.#render();
  }

  #writeAddress(): void {
    const { at } = this.#player;
    readdress(
      {
        'b-as': this.#notation.value === NOTATIONS[0].id ? undefined : this.#notation.value,
        'b-step': at === 0 ? undefined : this.#player.name,
      },
      'replace',
    );
  }

  #build(): void {
    const { steps, network } = this.#words;
    const field = (text: string, select: HTMLSelectElement, id: string): HTMLElement => {
      const label = make('label', 'inline-field', `${text} `);
      select.id = id;
      select.addEventListener('change', this.#render);
      label.append(select);
      return label;
    };
    this.#notation.addEventListener('change', () => this.#writeAddress());
    for (const { id, by } of NOTATIONS) {
      this.#notation.append(new Option(by ? steps.document(id, by) : steps.library, id));
    }
    const head = make('header', 'view-head');
    head.append(make('h1', '', steps.title), make('p', 'lede', steps.lede), this.#network);
    const controls = make('div', 'step-controls');
    controls.append(
      this.#player.buttons,
      field(steps.target, this.#target, 'step-target'),
      field(steps.notation, this.#notation, 'step-notation'),
    );
    const anew = make('button', 'chooser', network.anew);
    anew.type = 'button';
    anew.id = 'take-anew';
    anew.addEventListener('click', () => {
      this.#update.forget();
      this.#study.takeAnew();
      this.#title.focus();
    });
    this.#changed.append(`${network.changed} `, anew);
    this.#title.tabIndex = -1;
    this.#spoken.setAttribute('aria-live', 'polite');
    const pictures = make('div', 'pictures');
    pictures.append(...this.#pictures.map(({ figure }) => figure));
    const columns = make('div', 'step-columns');
    const side = make('div');
    side.append(this.#check.element, this.#most);
    columns.append(this.#worked, side);
    this.#article.append(
      this.#title,
      this.#text,
      this.#equations,
      this.#update.element,
      pictures,
      make('p', 'note legend', steps.legend),
      columns,
    );
    this.#panel.append(head, controls, this.#player.rail, this.#changed, this.#article, this.#spoken);
    this.#panel.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Arrow keys step, but where they have work of their own. */
  #key(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if ((event.target as Element).closest('input, select, [role=slider], .scrolls')) return;
    event.preventDefault();
    this.#player.move(by);
  }

  #names(): UnitNames {
    return new UnitNames(this.#study.specimen?.layers ?? [], this.#words);
  }

  #heading(): string {
    const { steps } = this.#words;
    const { at, step } = this.#player;
    return `${steps.step(at + 1, stepsOf(this.#study.specimen?.layers.length ?? 0).length)}. ${titleOf(step, steps)}`;
  }

  #renderNow(): void {
    const { specimen, digit } = this.#study;
    const { network, steps } = this.#words;
    this.#article.hidden = !specimen || !digit;
    this.#changed.hidden = !this.#study.isChanged;
    this.#network.textContent = `${aboutNetwork(this.#study, network)} ${specimen ? network.copy : ''}`;
    if (!specimen || !digit) return;
    const names = this.#names();
    const notation = NOTATIONS.find(({ id }) => id === this.#notation.value) ?? NOTATIONS[0];
    const symbols = new Symbols(notation);
    const rail = `${notation.id} ${layersInWords(specimen.layers)}`;
    if (rail !== this.#rail) {
      this.#rail = rail;
      this.#chosen = [];
      this.#player.setSteps(stepsOf(specimen.layers.length), symbols);
    }
    if (this.#wanted) this.#player.goTo(this.#wanted);
    this.#wanted = undefined;
    const trace = (this.#trace = specimen.trace(digit, this.#aim(specimen.predict(digit), names)));
    const scene = {
      trace,
      layers: specimen.layers,
      path: pathOf(trace, this.#chosen),
      rate: this.#update.rate,
      symbols,
      names,
      words: steps,
      choose: (units: Record<number, number>) => {
        for (const [entry, unit] of Object.entries(units)) this.#chosen[Number(entry)] = unit;
        this.#render();
      },
    };
    const { step } = this.#player;
    const content = contentOf(step, scene);
    this.#keepFocus(() => this.#show(content));
    this.#update.element.hidden = step.kind !== 'update';
    this.#pictures.forEach((picture, i) => picture.show(content.pictures[i]));
    this.#check.show(content.check, scene, specimen);
  }

  /** The class it ought to say: the one chosen here, else the digit that the drawing was said to be, else the likeliest. */
  #aim(probabilities: Float32Array, names: UnitNames): number {
    const { steps } = this.#words;
    const ten = probabilities.subarray(0, DIGITS);
    const { corrected } = this.#study;
    const digit = corrected ?? ten.indexOf(Math.max(...ten));
    const first = (corrected === undefined ? steps.asAnswered : steps.asCorrected)(names.answer(digit));
    const { options } = this.#target;
    if (options.length !== probabilities.length + 1) {
      const each = Array.from(probabilities, (_, unit) => new Option(names.answer(unit), String(unit)));
      this.#target.replaceChildren(new Option(first, ''), ...each);
    } else if (options[0]!.text !== first) {
      options[0]!.text = first;
    }
    return this.#target.value === '' ? digit : Number(this.#target.value);
  }

  #show({ text, equations, subject, worked, most }: Content): void {
    const { steps } = this.#words;
    this.#title.textContent = this.#heading();
    this.#text.textContent = text;
    this.#equations.replaceChildren(...equations.map((pieces) => block(...pieces)));
    this.#worked.replaceChildren(make('h3', '', steps.worked(subject)), ...worked);
    const list = make('ol', 'most-list');
    most.forEach(({ name, value, choose }, i) => {
      const item = make('li');
      item.append(chooser(name, `most-${i}`, choose), make('span', 'most-value', number(value)));
      list.append(item);
    });
    this.#most.replaceChildren(make('h3', '', steps.most), most.length > 0 ? list : make('p', 'muted', steps.nothing));
  }

  /** Renders, and gives the focus to the successor of the button that had it. */
  #keepFocus(render: () => void): void {
    const focused = document.activeElement;
    const key = focused instanceof HTMLElement && this.#panel.contains(focused) ? focused.dataset['key'] : undefined;
    render();
    if (key === undefined || focused!.isConnected) return;
    (this.#panel.querySelector<HTMLElement>(`[data-key="${key}"]`) ?? this.#title).focus();
  }
}
