/** The demo page in a frame of the same origin: what is to be seen in it, and hands that press, write and draw. */

/** How long anything may take, in milliseconds, and how often it is looked at. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 15;

export class Frame {
  #frame;

  constructor(frame) {
    this.#frame = frame;
  }

  get window() {
    return this.#frame.contentWindow;
  }

  get document() {
    return this.#frame.contentDocument;
  }

  /** Opens an address, or, without one, the same again. */
  async open(url) {
    const loaded = new Promise((resolve) => this.#frame.addEventListener('load', resolve, { once: true }));
    if (url) this.#frame.src = url;
    else this.window.location.reload();
    await loaded;
  }

  all(selector) {
    return [...this.document.querySelectorAll(selector)];
  }

  /** The element of this selector; of several the one whose text is `text`, else the first. */
  one(selector, text) {
    const found = this.all(selector).find((each) => text === undefined || each.textContent.trim() === text);
    if (!found) throw new Error(`the page has no ${selector}${text === undefined ? '' : ` with the text “${text}”`}`);
    return found;
  }

  text(selector) {
    return this.one(selector).textContent.trim();
  }

  /** Waits until `read` gives what is not false. @returns it */
  async until(what, read, patience = PATIENCE_MS) {
    const end = performance.now() + patience;
    for (;;) {
      const found = await read();
      if (found) return found;
      if (performance.now() > end) {
        const seen = this.#texts('h1, h2, #status, #p-status, #table-status, [role=alert], .view-note');
        const frames = (await this.#paints()) ? '' : ' The browser paints no frames.';
        throw new Error(`${what}: not after ${patience / 1000} s.${frames} The page says: ${seen}`);
      }
      await pause(LOOK_MS);
    }
  }

  #paints() {
    const frame = new Promise((resolve) => this.window.requestAnimationFrame(() => resolve(true)));
    return Promise.race([frame, pause(1000)]);
  }

  #texts(selector) {
    const seen = this.all(selector).filter((each) => each.getClientRects().length > 0);
    return seen
      .map((each) => each.textContent.trim())
      .filter(Boolean)
      .join(' | ');
  }

  /** Waits until one of these elements says this. @returns the match */
  shows(selector, pattern, patience) {
    const read = () =>
      this.all(selector)
        .map((each) => pattern.exec(each.textContent.trim()))
        .find(Boolean);
    return this.until(`${selector} says ${pattern}`, read, patience);
  }

  /** Waits until there is such an element that is to be seen. @returns it */
  appears(selector) {
    const read = () => this.all(selector).find((each) => each.getClientRects().length > 0);
    return this.until(`${selector} is to be seen`, read);
  }

  /** Presses a button, once it can be pressed. */
  async press(selector, text) {
    const button = await this.until(`${selector} ${text ?? ''} can be pressed`, () =>
      this.all(selector).find((each) => (text === undefined || each.textContent.trim() === text) && !each.disabled),
    );
    button.click();
  }

  /** Writes into a field, or chooses of a list. */
  write(selector, value) {
    const field = this.one(selector);
    field.value = value;
    if (field.value !== value) throw new Error(`${selector} does not take ${value}`);
    for (const type of ['input', 'change']) field.dispatchEvent(new this.window.Event(type, { bubbles: true }));
  }

  /** Presses a key in an element. */
  key(selector, key) {
    const element = this.one(selector);
    element.focus();
    for (const type of ['keydown', 'keyup'])
      element.dispatchEvent(new this.window.KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
  }

  /** Sends a pointer's event to a place, in shares of the element's width and height. */
  point(element, type, [x, y], more = {}) {
    const box = element.getBoundingClientRect();
    const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
    const Kind = type === 'click' ? this.window.MouseEvent : this.window.PointerEvent;
    const init = { bubbles: type !== 'pointerenter', cancelable: true, view: this.window, ...at, ...more };
    element.dispatchEvent(new Kind(type, init));
  }

  /** Draws on the pad, a few points a frame, as a hand does. */
  async draw(...strokes) {
    const pad = this.one('#draw');
    pad.scrollIntoView({ block: 'nearest' });
    const pointer = { pointerId: 7, pointerType: 'mouse', isPrimary: true, button: 0 };
    for (const points of strokes) {
      this.point(pad, 'pointerdown', points[0], { ...pointer, buttons: 1 });
      for (const [from, to] of points.slice(1).map((to, i) => [points[i], to])) {
        for (const share of [0.25, 0.5, 0.75, 1]) {
          const between = from.map((at, i) => at + share * (to[i] - at));
          this.point(pad, 'pointermove', between, { ...pointer, button: -1, buttons: 1 });
        }
        await pause(LOOK_MS);
      }
      this.point(pad, 'pointerup', points.at(-1), pointer);
    }
  }

  /** Gives files to a field for files: `{ name, content, type }`. */
  give(selector, ...files) {
    const data = new this.window.DataTransfer();
    for (const { name, content, type = '' } of files) data.items.add(new this.window.File([content], name, { type }));
    const field = this.one(selector);
    field.files = data.files;
    field.dispatchEvent(new this.window.Event('change', { bubbles: true }));
  }

  /** All that the page keeps in a store of IndexedDB. */
  async kept(database, store) {
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const opened = await done(this.window.indexedDB.open(database));
    try {
      return await done(opened.transaction(store).objectStore(store).getAll());
    } finally {
      opened.close();
    }
  }

  /** The file that the page saves after this button is pressed. */
  async saves(selector, text) {
    const before = window.saved.length;
    await this.press(selector, text);
    const { name, url } = await this.until(`${selector} ${text ?? ''} saves a file`, () => window.saved[before]);
    const content = new Uint8Array(await (await fetch(url)).arrayBuffer());
    if (content.length === 0) throw new Error(`${name} is empty`);
    return { name, content };
  }
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Complains unless `left` is `right`, numbers and texts as they stand. */
export function same(what, left, right) {
  const [before, after] = [left, right].map((value) => JSON.stringify(value));
  if (before !== after) throw new Error(`${what}: expected ${before}, got ${after}`);
}

export function holds(what, isSo, got) {
  if (!isSo) throw new Error(`${what}: it is not so${got === undefined ? '' : `, but ${got}`}`);
}
