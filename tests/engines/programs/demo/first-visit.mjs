/** Load, draw, train, keep, reload: the steps of a first visit, each of which needs the one before. */
import { holds, same } from './frame.mjs';
import { SEVEN } from './strokes.mjs';

/** Four epochs that are over soon, yet long enough to be stopped in. */
const RUN = '#count=4000&epochs=4&hidden=400,200&activation=relu&optimizer=adam&lr=0.002&batch=32&seed=5';

/** How long the whole of it may take: on two threads of a slow machine, in the slowest engine. */
const TRAINING_MS = 300_000;

/** Figures of the run as they were before the reload, and those of the whole run. */
let kept;
let whole;

const figures = (page) => [page.text('#val-accuracy'), page.text('#loss')];

async function shown(page) {
  page.one('#figures-table').open = true;
  await page.until('the table of figures has a row', () => page.all('#figures-rows tr').length > 0);
  return {
    progress: page.one('#progress').value.toFixed(4),
    figures: figures(page),
    rows: page.all('#figures-rows tr').map((row) => row.textContent),
  };
}

/** Waits until the browser has written the run as far as the page shows it. */
function runIsWritten(page) {
  return page.until('the run is written', async () => {
    const progress = page.one('#progress').value.toFixed(4);
    const kept = await page.kept('mlp-wasm', 'kept');
    return kept.some(({ run, checkpoint }) => checkpoint && run.fraction.toFixed(4) === progress);
  });
}

export const firstVisit = {
  async load(page) {
    await page.open(`./page/?lang=en${RUN}`);
    await page.shows('#status', /ready/);
  },

  async draw(page) {
    await page.draw(SEVEN);
    await page.shows('#answer', /^7$/);
    const pad = page.one('#draw');
    const { data } = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height);
    holds('the drawing leaves ink on the pad', data.filter((level, i) => i % 4 === 3 && level > 200).length > 1000);
    holds('ten probabilities stand beside it', page.all('#probabilities .bar-value').length === 10);
    await page.press('#clear');
    await page.shows('#answer', /^$/);
    await page.press('#undo');
    await page.shows('#answer', /^7$/);
  },

  async train(page) {
    await page.press('#train');
    await page.shows('#status', /^Epoch/);
    await page.shows('#status', /^Trained for 4 epochs/, TRAINING_MS);
    holds('its validation accuracy is above 0.7', Number(page.text('#val-accuracy')) > 0.7, page.text('#val-accuracy'));
    await page.shows('#reader', /your network/);
    await page.appears('#mistakes');
    for (const which of ['training', 'validation'])
      holds(`a line is drawn (${which})`, /^M.*L/.test(page.one(`#loss-chart .mlp-line-${which}`).getAttribute('d')));
    whole = figures(page);
  },

  async pause(page) {
    await page.press('#train', 'Train');
    await page.shows('#status', /^Epoch [234] /, TRAINING_MS);
    await page.press('#pause');
    await page.shows('#status', /^Paused/);
    await runIsWritten(page);
  },

  async keep(page) {
    page.all('#correction-digits button')[8].click();
    await page.shows('#correction-label', /^Kept as an 8\.$/);
    await page.until('the digit is written', async () =>
      (await page.kept('mlp-wasm my digits', 'digits')).some(({ label }) => label === 8),
    );
    await runIsWritten(page); // once more, because an epoch's end may have been under way
    kept = await shown(page);
  },

  async reload(page) {
    await page.open();
    await page.shows('#status', /^Your network is back, in epoch \d of 4/);
    same('the run after the reload', kept, await shown(page));
    await page.shows('#reader', /your network/);
    await page.shows('#correction-label', /^Kept as an 8\.$/);
  },

  async 'go on'(page) {
    await page.press('#train', 'Continue');
    await page.shows('#status', /^Trained for 4 epochs/, TRAINING_MS);
    same('the run that went on', whole, figures(page));
  },
};
