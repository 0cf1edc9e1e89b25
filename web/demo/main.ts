/** The page: makes the store, hands it to the owners of the page's parts, and decides which network answers. */
import { init } from 'mlp-wasm';
import { loadDigits, normalizeDigit } from 'mlp-wasm/digits';
import { mountCharts } from './charts.js';
import { mountKernels } from './kernels.js';
import { mountMistakes } from './mistakes.js';
import { NO_FILES } from './mnist-files.js';
import { mountMnistPanel } from './mnist-panel.js';
import { keptDrawing, mountPad } from './pad.js';
import { Pretrained } from './pretrained.js';
import { mountReading } from './reading.js';
import { mountRunPanel } from './run-panel.js';
import { addressedFields, mountSettingsForm } from './settings-form.js';
import { IDLE } from './state.js';
import type { PageStore, State } from './state.js';
import { Store } from './store.js';
import { inkOf } from './strokes.js';
import { currentTheme, mountTheme } from './theme.js';
import { Trainer } from './trainer.js';

const store: PageStore = new Store<State>({
  theme: currentTheme(),
  fields: addressedFields(),
  strokes: keptDrawing(),
  pixels: undefined,
  hiddenUnits: [],
  answer: undefined,
  kernels: undefined,
  mistakes: undefined,
  mnist: NO_FILES,
  run: IDLE,
  status: { text: 'Loading the network …', tone: 'plain' },
});
const trainer = new Trainer(store);

mountTheme(store);
mountPad(store);
mountReading(store);
mountSettingsForm(store);
mountMnistPanel(store, trainer);
mountRunPanel(store, trainer);
mountCharts(store);
mountKernels(store);
mountMistakes(store);
void start();

/** Loads the package and the pretrained network; from then on every change of the drawing is read. */
async function start(): Promise<void> {
  try {
    await Promise.all([init(), loadDigits()]);
  } catch (error) {
    report('This page cannot start', error);
    return;
  }
  store.on(['strokes'], () => void prepareDrawing());
  let pretrained: Pretrained | undefined;
  try {
    pretrained = await Pretrained.load();
    store.set({ status: { text: 'A pretrained network is ready: draw a digit, or train your own.', tone: 'plain' } });
  } catch (error) {
    report('The pretrained network is missing; train one to get answers', error);
  }
  answerWith(pretrained);
}

/** Brings the drawing into the form that networks read. */
async function prepareDrawing(): Promise<void> {
  const { strokes } = store.state;
  const { ink, width, height } = inkOf(strokes);
  const pixels = strokes.length > 0 ? await normalizeDigit(ink, width, height) : undefined;
  if (store.state.strokes === strokes) store.set({ pixels });
}

/** The visitor's network answers when there is one, else the pretrained one. */
function answerWith(pretrained: Pretrained | undefined): void {
  let waiting = false;
  const ask = async (): Promise<void> => {
    const { pixels } = store.state;
    if (!trainer.hasNetwork) {
      // The worker is told too: a network that begins to learn reads the drawing from its first steps on.
      if (store.state.run.phase !== 'idle') void trainer.read(pixels).catch(() => undefined);
      store.set({ answer: pixels && pretrained && { ...pretrained.read(pixels), by: 'pretrained' } });
      return;
    }
    if (!pixels) store.set({ answer: undefined });
    // One question at a time; the next one is about the drawing as it is then.
    if (waiting) return;
    waiting = true;
    try {
      const reading = await trainer.read(pixels);
      if (reading && store.state.pixels && trainer.hasNetwork) store.set({ answer: { ...reading, by: 'trained' } });
    } catch {
      // The worker died; the trainer has said so.
    } finally {
      waiting = false;
    }
    if (store.state.pixels !== pixels) void ask();
  };
  store.on(['pixels'], () => void ask());
  let own: boolean | undefined;
  store.on(['run'], () => {
    if (own === trainer.hasNetwork) return;
    own = trainer.hasNetwork;
    if (own) {
      store.set({ hiddenUnits: store.state.run.settings?.hidden ?? [] });
    } else {
      store.set({
        hiddenUnits: pretrained?.hiddenUnits ?? [],
        kernels: pretrained && { ...pretrained.tiles(), by: 'pretrained' },
      });
      void ask();
    }
  });
}

function report(what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  store.set({ status: { text: `${what}: ${why}`, tone: 'error' } });
}
