/** The playground: a small network learns points in the plane, and all of it is seen. */
import './view.css';
import './network.css';
import '../parts/parts.css';
import { init } from 'mlp-wasm';
import { addressed, readdress } from '../../address.js';
import { make, oncePerFrame } from '../../dom.js';
import type { PageParts } from '../views.js';
import { DataPanel } from './data-panel.js';
import { isRegression, makePoints } from './data.js';
import type { OwnPoint, Point } from './data.js';
import { Diagram, layerButtons } from './diagram.js';
import type { UnitPlace } from './diagram.js';
import { INPUT_TEXTS, INPUTS } from './inputs.js';
import type { WeightPlace } from './network.js';
import { OwnPoints } from './own-points.js';
import { activationOf, Pictures } from './pictures.js';
import { Plane } from './plane.js';
import { PlaneLegend } from './plane-legend.js';
import { LossPanel } from './loss-panel.js';
import { RunPanel } from './run-panel.js';
import { Run } from './run.js';
import { beginsAlike, CHANGES_AT_MOST, fromQuery, hasSamePoints, isSame, STEPS_AT_MOST, toQuery } from './settings.js';
import type { Settings } from './settings.js';
import { SettingsPanel } from './settings-panel.js';
import { UnitPanel, WeightEditor } from './unit-panel.js';
import { words } from './words.js';

/** The address is not written more often, because browsers refuse that. */
const ADDRESS_MS = 300;
/** Texts and the chart change more seldom than pictures while it learns, for the eye and for the page. */
const TEXTS_MS = 150;
/** Time between two pictures where the visitor wants less motion. */
const CALM_MS = 500;
/** Units of a layer that is added. */
const NEW_UNITS = 4;

const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

export async function mount(panel: HTMLElement, page: PageParts): Promise<void> {
  await init();
  new PlaygroundView(panel, page);
}

/** The part of an address that is the playground's. */
function partOf(query: URLSearchParams): string {
  return [...query].flatMap(([key, value]) => (key.startsWith('p-') ? `${key}=${value}` : [])).join('&');
}

class PlaygroundView {
  readonly #page: PageParts;
  readonly #run: Run;
  readonly #runPanel: RunPanel;
  readonly #settingsPanel: SettingsPanel;
  readonly #dataPanel: DataPanel;
  readonly #diagram: Diagram;
  readonly #layers;
  readonly #unitPanel: UnitPanel;
  readonly #editor: WeightEditor;
  readonly #plane: Plane;
  readonly #planeTitle = make('h2', 'plane-title');
  readonly #legend = new PlaneLegend();
  readonly #losses = new LossPanel();
  readonly #pictures = new Pictures();
  readonly #ownPoints = new OwnPoints();
  readonly #render = oncePerFrame(() => this.#renderNow());
  #settings: Settings;
  #points: readonly Point[] = [];
  /** The unit that is looked at, and the one below the pointer, which counts as long as it stays there. */
  #chosen: UnitPlace;
  #looked: UnitPlace | undefined;
  /** Class of the next point that is placed. */
  #placing = 1;
  #textsAt = 0;
  #picturesAt = 0;
  /** The playground's part of the address, as it was last read or written. */
  #written = partOf(addressed());
  readonly #link = make('p', 'note playground-link', words.link);
  #wasRunning = false;
  #addressTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(panel: HTMLElement, page: PageParts) {
    this.#page = page;
    this.#settings = fromQuery(addressed());
    this.#chosen = this.#output;
    const set = (patch: Partial<Settings>): void => this.#set(patch);
    this.#run = new Run(() => this.#isShown, this.#render);
    this.#runPanel = new RunPanel({
      toggle: () => (this.#run.isRunning ? this.#run.pause() : this.#run.play()),
      step: () => this.#run.takeStep(),
      epoch: () => this.#run.takeEpoch(),
      reset: () => this.#beginAnew(),
      setSpeed: (speed) => set({ speed }),
    });
    this.#settingsPanel = new SettingsPanel({ set, setRate: (rate) => this.#setRate(rate) });
    this.#dataPanel = new DataPanel({
      set,
      choosePlacing: (value) => this.#choosePlacing(value),
      undo: () => this.#undo(),
      clear: () => set({ own: this.#ownPoints.cleared(this.#settings.own) }),
    });
    this.#diagram = new Diagram({
      toggleInput: (input) => {
        const { inputs } = this.#settings;
        const isOn = inputs.includes(input);
        set({ inputs: INPUTS.filter((each) => (each === input ? !isOn : inputs.includes(each))) });
      },
      setLayers: (layers) => set({ layers }),
      look: (place) => {
        this.#looked = place;
        this.#textsAt = 0;
        this.#render();
      },
      choose: (place) => {
        this.#chosen = place;
        this.#textsAt = 0;
        this.#render();
      },
      edit: (place, x, y) => {
        const { network } = this.#run;
        if (network) this.#editor.open(place, network.weight(place), x, y);
      },
    });
    const setWeight = (place: WeightPlace, value: number): void => this.#setWeight(place, value);
    this.#editor = new WeightEditor(this.#diagram.picture, setWeight);
    this.#unitPanel = new UnitPanel(setWeight);
    this.#layers = layerButtons((change) => {
      const { layers } = this.#settings;
      set({ layers: change === 'more' ? [...layers, NEW_UNITS] : layers.slice(0, -1) });
    });
    this.#plane = new Plane({
      place: (place, value) => this.#place({ ...place, value }),
      choose: (value) => this.#choosePlacing(value),
      undo: () => this.#undo(),
    });
    this.#build(panel);
    this.#begin(this.#settings);
    this.#listen();
  }

  get #isShown(): boolean {
    return this.#page.store.state.view === 'playground';
  }

  get #output(): UnitPlace {
    return { layer: this.#settings.layers.length, unit: 0 };
  }

  #build(panel: HTMLElement): void {
    const head = make('header', 'view-head');
    head.append(make('h1', '', words.title), make('p', 'lede', words.lede));
    const network = make('section', 'net-panel');
    const netHead = make('div', 'net-panel-head');
    netHead.append(make('h2', '', words.diagram.title), this.#layers.element);
    network.append(netHead, this.#diagram.element, this.#diagram.hint, this.#unitPanel.element);
    const plane = make('section', 'plane-panel');
    plane.append(this.#planeTitle, this.#plane.element, this.#legend.element);
    const body = make('div', 'playground');
    body.append(plane, this.#losses.element, this.#settingsPanel.element, this.#dataPanel.element, network);
    panel.append(head, this.#runPanel.element, body, this.#link);
  }

  #listen(): void {
    const { store } = this.#page;
    store.on(['theme'], () => {
      this.#plane.renew();
      this.#pictures.renew();
      this.#dataPanel.paint();
      this.#textsAt = this.#picturesAt = 0;
      this.#render();
    });
    store.on(['view'], () => {
      if (!this.#isShown) return;
      // Another view may have left an address without this one's state.
      if (partOf(addressed()) === '') this.#writeAddress();
      else this.#adopt();
      this.#run.wake();
      this.#render();
    });
    window.addEventListener('hashchange', () => this.#isShown && this.#adopt());
    document.addEventListener('visibilitychange', () => this.#run.wake());
  }

  /** The settings together with what became of them. */
  get #state(): Settings {
    const { changes, network, isRunning } = this.#run;
    const step = network && !isRunning ? network.step : 0;
    if (step <= STEPS_AT_MOST && changes.length <= CHANGES_AT_MOST) return { ...this.#settings, changes, at: step };
    return { ...this.#settings, changes: [], at: 0 };
  }

  /** Takes what the address says, if that is anything else than what was written there. */
  #adopt(): void {
    const part = partOf(addressed());
    if (part === this.#written) return;
    this.#written = part;
    const settings = fromQuery(addressed());
    if (!isSame(settings, this.#state)) this.#begin(settings);
  }

  #writeAddress(): void {
    this.#addressTimer ??= setTimeout(() => {
      this.#addressTimer = undefined;
      if (!this.#isShown) return;
      readdress(toQuery(this.#state), 'replace');
      const { changes, network } = this.#run;
      const isTooLong = changes.length > CHANGES_AT_MOST || (network?.step ?? 0) > STEPS_AT_MOST;
      this.#link.textContent = isTooLong ? words.tooLongForLink : words.link;
      this.#written = partOf(addressed());
    }, ADDRESS_MS);
  }

  /** Begins the run that these settings say, and goes to the step that they say. */
  #begin(settings: Settings): void {
    const was = this.#settings;
    const before = was.layers;
    const { layers, at } = settings;
    this.#settings = { ...settings, at: 0 };
    this.#looked = undefined;
    if ('layer' in this.#chosen) {
      const { layer, unit } = this.#chosen;
      if (layer === before.length || unit >= (layers[layer] ?? 0)) this.#chosen = this.#output;
    }
    const { history } = this.#run;
    if (hasSamePoints(settings, was)) this.#losses.keep(history);
    else this.#losses.forget();
    this.#points = makePoints(this.#settings);
    this.#run.begin(this.#settings, this.#points);
    if (at > 0) this.#run.goTo(at);
    this.#textsAt = 0;
  }

  /** Begins anew, without what the visitor changed while it learned; only the learning rate stays as it is by now. */
  #beginAnew(patch: Partial<Settings> = {}): void {
    this.#begin({ ...this.#settings, learningRate: this.#run.rate, changes: [], at: 0, ...patch });
  }

  /** Other settings: a run that they would have changed begins anew, and plays on if it did. */
  #set(patch: Partial<Settings>): void {
    const settings = { ...this.#settings, ...patch };
    if (beginsAlike(settings, this.#settings)) {
      this.#settings = settings;
      this.#run.speed = settings.speed;
    } else {
      const isPlaying = this.#run.isRunning && this.#run.target === Infinity;
      this.#beginAnew(patch);
      if (isPlaying) this.#run.play();
    }
    this.#textsAt = 0;
    this.#render();
  }

  #setRate(value: number): void {
    const { network, phase } = this.#run;
    if (!network || network.step === 0 || phase === 'diverged' || phase === 'converged') {
      this.#beginAnew({ learningRate: value });
    } else {
      this.#run.change({ step: network.step, kind: 'rate', value });
    }
  }

  #setWeight(place: WeightPlace, value: number): void {
    const { network } = this.#run;
    if (network) this.#run.change({ step: network.step, kind: 'weight', ...place, value });
    this.#textsAt = 0;
  }

  #choosePlacing(value: number): void {
    this.#placing = this.#plane.placing = value;
    this.#textsAt = 0;
    this.#render();
  }

  /** False if there are as many as may be. */
  #place(point: OwnPoint): boolean {
    const own = this.#ownPoints.placed(this.#settings.own, point);
    if (own) this.#set({ own });
    return own !== undefined;
  }

  #undo(): void {
    this.#set({ own: this.#ownPoints.undone(this.#settings.own) });
  }

  #renderNow(): void {
    if (!this.#isShown) return;
    const now = performance.now();
    const isRunning = this.#run.isRunning;
    if (!isRunning || now - this.#picturesAt >= (calm.matches ? CALM_MS : 0)) {
      this.#picturesAt = now;
      this.#showPictures();
    }
    if (!isRunning || now - this.#textsAt >= TEXTS_MS) {
      this.#textsAt = now;
      this.#showTexts();
    }
    this.#runPanel.show(this.#run, this.#settings);
    if (!isRunning || !this.#wasRunning) this.#writeAddress();
    this.#wasRunning = isRunning;
  }

  #showPictures(): void {
    const settings = this.#settings;
    const { network } = this.#run;
    const weights = network?.weights();
    const weightOf = network && ((place: WeightPlace) => network.weight(place, weights));
    this.#diagram.show({ inputs: settings.inputs, layers: settings.layers, chosen: this.#chosen, weightOf });
    this.#pictures.paintInputs(this.#diagram);
    this.#pictures.paintUnits(this.#diagram, network, settings);
    const place = this.#looked ?? this.#chosen;
    const title = this.#nameOf(place);
    if (this.#planeTitle.textContent !== title) this.#planeTitle.textContent = title;
    const isOwn = settings.data === 'own';
    const { training, held } = this.#counts;
    this.#plane.show({
      label: words.plane.label(title, training, held) + (isOwn ? ` ${words.plane.own}` : ''),
      surface: this.#pictures.surfaceOf(place, network, settings),
      points: this.#points,
      isRegression: isRegression(settings.data),
      isOwn,
      placing: this.#placing,
    });
  }

  #showTexts(): void {
    const settings = this.#settings;
    const { network, history, rate } = this.#run;
    this.#diagram.showGradients(network?.gradientNorms());
    const weights = network?.weights();
    const place = this.#looked ?? this.#chosen;
    this.#settingsPanel.show(settings, rate);
    this.#layers.show(settings.layers);
    this.#dataPanel.show(settings, this.#counts, this.#placing, this.#ownPoints.canUndo(settings.own));
    this.#legend.show(settings, place);
    this.#unitPanel.show({
      place,
      inputs: settings.inputs,
      layers: settings.layers,
      activation: 'layer' in place ? activationOf(settings, place.layer) : 'linear',
      weightOf: network && ((place) => network.weight(place, weights)),
    });
    this.#losses.show(history, settings);
  }

  get #counts(): { training: number; held: number } {
    const held = this.#points.filter(({ isHeldOut }) => isHeldOut).length;
    return { training: this.#points.length - held, held };
  }

  #nameOf(place: UnitPlace): string {
    if ('input' in place) return words.unit.input(INPUT_TEXTS[place.input]);
    if (place.layer === this.#settings.layers.length) return words.diagram.output;
    return words.diagram.unit(place.layer + 1, place.unit + 1);
  }
}
