/** The page: makes the store, hands it to the owners of the page's parts, and decides which network answers. */
import { loadDigits, normalizeStrokes } from 'mlp-wasm/digits';
import { init } from 'mlp-wasm/predict';
import { addressed } from './address.js';
import { mountFirstDigit } from './drawing/first-digit.js';
import { keptDrawing, mountPad } from './drawing/pad.js';
import { coordinatesOf } from './drawing/strokes.js';
import { Arrivals } from './drop/arrivals.js';
import { Collection } from './my-digits/collection.js';
import { mountCorrection } from './my-digits/correction.js';
import { worksOffline } from './offline.js';
import { Pretrained } from './reading/pretrained.js';
import type { Reading } from './reading/look-inside.js';
import type { LearnedWeights } from './reading/snapshot.js';
import { mountPictures } from './picture/entry.js';
import { numberOf } from './reading/number.js';
import { mountReading } from './reading/reading.js';
import { noFiles } from './settings/mnist-files.js';
import { FIELD_NAMES, FIELDS, toFields } from './settings/settings.js';
import { addressedFields, mountSettingsForm } from './settings/settings-form.js';
import type { PageStore, State } from './state.js';
import { Store } from './store.js';
import { currentTheme, mountTheme } from './theme.js';
import { IDLE } from './training/run.js';
import { mountRunPanel } from './training/run-panel.js';
import { Trainer } from './training/trainer.js';
import { lessonOf, mountLesson } from './views/lesson.js';
import { mountTabs } from './views/tabs.js';
import { viewOf } from './views/views.js';
import { words, writeWords } from './words/first-view.js';
import type { PageParts } from './views/views.js';

// Loading begins first, because it takes longest.
const core = Promise.all([init(), loadDigits()]);
const pretrained = Pretrained.load();
core.catch(() => undefined);
pretrained.catch(() => undefined);

const store: PageStore = new Store<State>({
  theme: currentTheme(),
  view: viewOf(addressed()),
  lesson: lessonOf(addressed()),
  reader: 'loading',
  fields: addressedFields(),
  strokes: keptDrawing(),
  found: undefined,
  number: undefined,
  isDrawing: false,
  firstDigit: undefined,
  pixels: undefined,
  hiddenUnits: [],
  answer: undefined,
  kernels: undefined,
  mistakes: undefined,
  mnist: noFiles(),
  run: IDLE,
  runs: [],
  canUndoReset: false,
  undoable: undefined,
  myDigits: [],
  myDigitsTrouble: undefined,
  hand: 0,
  status: { text: words.loading, tone: 'plain' },
});
const trainer = new Trainer(store);
const myDigits = new Collection(store);
const arrivals = new Arrivals();

writeWords();
mountTheme(store);
const parts: PageParts = {
  store,
  myDigits,
  arrivals,
  network: async () => (await trainer.snapshot()) ?? (await pretrained.catch(() => undefined))?.snapshot(),
  adopt: async (by, learned) => {
    if (by === 'trained') await trainer.adopt(learned!.weights);
    else await wear(await pretrained, learned);
  },
  path: () => trainer.path,
  checkpoint: () => trainer.checkpoint(),
  open: (network, name, settings) => trainer.open(network, name, settings),
  pastRuns: () => below,
};
mountTabs(parts);
mountLesson(parts);
mountPad(store);
mountReading(store);
const showPicture = mountPictures(store, readImage);
mountCorrection(store, myDigits);
mountSettingsForm(store, trainer);
mountRunPanel(store, trainer);
mountFirstDigit(store);
void start();
void myDigits.load();
// The parts further down the page are loaded after those in view.
const below = import('./training/below.js').then(({ mountBelow }) => mountBelow({ store, arrivals, showPicture }));

/** Waits for the package and the pretrained network; from then on every change of the drawing is read. */
async function start(): Promise<void> {
  try {
    await core;
  } catch (error) {
    report(words.cannotStart, error);
    return;
  }
  store.on(['strokes', 'found'], () => void prepareDrawing());
  let reader: Pretrained | undefined;
  try {
    reader = await pretrained;
    trainer.rival = (digits) => reader!.accuracyOn(digits);
    const { status } = store.state;
    // A run that the visitor has begun meanwhile has other things to say.
    const isWaiting = status.text === words.loading;
    store.set({ reader: 'ready', status: isWaiting ? { text: words.ready, tone: 'plain' } : status });
  } catch (error) {
    report(words.noPretrained, error);
  }
  if (reader) await putOn(reader);
  answerWith(reader);
  const hadAddress = FIELD_NAMES.some((name) => addressed().has(FIELDS[name].key));
  const settings = await trainer.restore();
  // The settings in the address count before those of the run that was kept, because the visitor asks for them.
  if (settings && !hadAddress) store.set({ fields: toFields(settings) });
  worksOffline();
}

/** Gives the pretrained network the hand that it has learned; without one, what it came with. */
async function wear(reader: Pretrained, learned?: LearnedWeights): Promise<void> {
  const { weights, refuseAbove } = learned ?? {};
  await reader.wear(weights, refuseAbove);
  store.set({ hand: reader.isAsItCame ? 0 : Date.now() });
  const { fingerprint } = reader;
  await myDigits.shelf
    .keepHand(reader.isAsItCame ? undefined : { fingerprint, weights: [...weights!], refuseAbove })
    .catch(() => undefined);
}

/** The hand that was learned before a reload, unless the network is another by now. */
async function putOn(reader: Pretrained): Promise<void> {
  const kept = await myDigits.shelf.hand().catch(() => undefined);
  if (kept?.fingerprint !== reader.fingerprint) return;
  await reader.wear(kept.weights, kept.refuseAbove);
  store.set({ hand: Date.now() });
}

/** Brings the drawing into the form that networks read. */
async function prepareDrawing(): Promise<void> {
  const { strokes, found } = store.state;
  const pixels = found ?? (await normalizeStrokes(coordinatesOf(strokes)));
  const isCurrent = (): boolean => store.state.strokes === strokes && store.state.found === found;
  if (!isCurrent()) return;
  store.set({ pixels });
  const number = found || strokes.length < 2 ? undefined : await numberOf(strokes, await readImage(pixels!), readImage);
  if (isCurrent()) store.set({ number });
}

/** A reading of an image by the network that answers; the pretrained one tells whether it is a digit. */
async function readImage(pixels: Uint8Array): Promise<Reading | undefined> {
  const ofPretrained = (await pretrained.catch(() => undefined))?.read(pixels);
  const own = trainer.hasNetwork ? await trainer.read(pixels) : undefined;
  return own ? { ...own, refused: ofPretrained?.refused ?? false } : ofPretrained;
}

/** The visitor's network answers when there is one, else the pretrained one. */
function answerWith(pretrained: Pretrained | undefined): void {
  let waiting = false;
  const ask = async (): Promise<void> => {
    const { pixels } = store.state;
    if (!trainer.hasNetwork) {
      store.set({ answer: pixels && pretrained && { ...pretrained.read(pixels), by: 'pretrained', of: pixels } });
      return;
    }
    if (!pixels) store.set({ answer: undefined });
    // One question at a time, because a drawing that has changed meanwhile is asked about next.
    if (waiting) return;
    waiting = true;
    const reading = await trainer.read(pixels);
    waiting = false;
    if (reading && pixels && store.state.pixels && trainer.hasNetwork) {
      // The pretrained network decides whether it is a digit, because one that has seen only digits finds one in
      // everything.
      const refused = pretrained?.read(pixels).refused ?? false;
      store.set({ answer: { ...reading, refused, by: 'trained', of: pixels } });
    }
    if (store.state.pixels !== pixels) void ask();
  };
  store.on(['pixels'], () => void ask());

  let own: boolean | undefined;
  let { hand } = store.state;
  store.on(['run', 'hand'], () => {
    if (own === trainer.hasNetwork && hand === store.state.hand) return;
    own = trainer.hasNetwork;
    hand = store.state.hand;
    if (own) {
      store.set({ hiddenUnits: store.state.run.settings?.hidden ?? [] });
    } else {
      store.set({
        hiddenUnits: pretrained?.hiddenUnits ?? [],
        kernels: pretrained && { ...pretrained.tiles(), by: 'pretrained' },
      });
    }
    void ask();
  });

  // The page's own first digit is read as it is drawn.
  let read: State['strokes'] | undefined;
  store.on(['firstDigit'], () => {
    const { firstDigit } = store.state;
    if (!firstDigit || !pretrained || firstDigit.strokes === read) return;
    const strokes = (read = firstDigit.strokes);
    void normalizeStrokes(coordinatesOf(strokes)).then((pixels) => {
      if (store.state.firstDigit?.strokes !== strokes) return;
      store.set({ firstDigit: { strokes, pixels, reading: pixels && pretrained.read(pixels) } });
    });
  });
}

function report(what: string, error: unknown): void {
  const text = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  store.set({ reader: { error: text }, status: { text, tone: 'error' } });
}
