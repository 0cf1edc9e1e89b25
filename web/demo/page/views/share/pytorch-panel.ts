/** Owner of the folder in which PyTorch goes on with the visitor's run. */
import { make } from '../../dom.js';
import { mnistSource } from '../../settings/mnist-files.js';
import type { Settings } from '../../settings/settings.js';
import { digitsAtHand, digitsOf, generatedSource } from '../../training/digit-sets.js';
import { isRunning } from '../../training/run.js';
import { button, save } from '../parts/controls.js';
import type { PageParts } from '../views.js';
import { section, statusLine } from './controls.js';
import { size } from './figures.js';
import { askForFile } from './model-work.js';
import { words } from './words.js';

const say = words.pytorch;

/** Beyond, a browser on a small device may have no room for it. */
const DIGITS_AT_MOST = 60_000;
/** Pixels and label as 32-bit floats. */
const BYTES_A_DIGIT = 785 * 4;

const countOf = (settings: Settings): number => (settings.data === 'mnist' ? 60_000 : settings.count);

export class PytorchPanel {
  readonly element = section('share-pytorch', say.title, say.lede);
  readonly #page: PageParts;
  readonly #make = button(say.make, () => void this.#run());
  readonly #cancel = button(say.cancel, () => this.#stop?.abort());
  readonly #progress = make('progress');
  readonly #about = make('p', 'share-of');
  readonly #note = statusLine();
  #stop: AbortController | undefined;

  constructor(page: PageParts) {
    this.#page = page;
    this.#progress.value = 0;
    this.#progress.setAttribute('aria-label', say.progress);
    const tools = make('div', 'share-tools');
    tools.append(this.#make, this.#cancel);
    this.element.append(this.#about, tools, this.#progress, this.#note);
    page.store.on(['run'], () => this.#show());
  }

  #show(): void {
    const { run } = this.#page.store.state;
    const { settings } = run;
    const busy = this.#stop !== undefined;
    const count = settings ? countOf(settings) : 0;
    const reason =
      !settings || run.epoch === 0
        ? say.none
        : isRunning(run.phase)
          ? say.running
          : count > DIGITS_AT_MOST
            ? say.tooMany(count, DIGITS_AT_MOST)
            : undefined;
    const focused = document.activeElement;
    this.#make.disabled = busy || reason !== undefined;
    this.#cancel.disabled = !busy;
    if (focused === this.#make && busy) this.#cancel.focus();
    if (focused === this.#cancel && !busy) this.#make.focus();
    const about = reason ?? say.about(count, size(count * BYTES_A_DIGIT));
    this.#about.textContent = !reason && settings?.augmentation ? `${about} ${say.asTheyAre}` : about;
  }

  async #run(): Promise<void> {
    const { store } = this.#page;
    const { settings } = store.state.run;
    const source = settings?.data === 'mnist' ? mnistSource(store.state.mnist) : settings && generatedSource(settings);
    const stop = (this.#stop = new AbortController());
    this.#show();
    try {
      if (!settings || !source) throw new Error(say.noFiles);
      this.#note.textContent = say.digits;
      const split =
        digitsAtHand(source.key) ??
        (await digitsOf(source, stop.signal, (_, fraction) => {
          this.#progress.value = 0.7 * fraction;
          return Promise.resolve();
        }));
      this.#progress.value = 0.7;
      this.#note.textContent = say.making;
      const checkpoint = await this.#page.checkpoint();
      if (!checkpoint) throw new Error(say.none);
      const { epochs, batchSize } = settings;
      const { name, bytes } = await askForFile(
        { kind: 'training', checkpoint, digits: split.training, epochs, batchSize },
        stop.signal,
      );
      this.#progress.value = 1;
      save(name, bytes, 'application/zip');
      this.#note.textContent = say.saved(name, size(bytes.length));
    } catch (error) {
      this.#note.textContent = stop.signal.aborted ? say.cancelled : say.failed((error as Error).message);
    } finally {
      this.#stop = undefined;
      this.#progress.value = 0;
      this.#show();
    }
  }
}
