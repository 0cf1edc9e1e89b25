/** Every view is opened, and the main control of each worked. Each step begins where any other may have left the page. */
import { holds } from './frame.mjs';
import { ONE, SEVEN, ZERO } from './strokes.mjs';
import { table } from './table.mjs';

/** Few digits only where the number is too small for 32 bits, or a unit switches on the way. */
const AGREES = /agree to [2-6]|Both are 0|as far as 32-bit|^A unit switched/;

async function open(page, view) {
  await page.press(`#tab-${view}`);
  await page.appears(`#view-${view}`);
}

async function seven(page) {
  await open(page, 'train');
  await page.press('#clear');
  await page.draw(SEVEN);
  await page.shows('#answer', /^7$/);
}

export const views = {
  async 'single step'(page) {
    await open(page, 'train');
    await page.press('#reset');
    await page.shows('#status', /^Back to the pretrained/);
    await seven(page);
    await page.press('#train-step');
    await page.shows('#status', /^Batch 1 of \d+ in epoch/);
    await page.press('#undo-training');
    await page.shows('#status', /pretrained network answers again/);
    await page.press('#train-epoch');
    await page.shows('#status', /^Epoch 1 of 4 is done/);
  },

  async 'network editor'(page) {
    await open(page, 'train');
    await page.press('#add-layer');
    await page.until('a third layer is there', () => page.all('.layer-card').length === 3);
    page.key('.layer-card[aria-current], .layer-card:last-child', 'Delete');
    await page.until('the third layer is gone', () => page.all('.layer-card').length === 2);
    await page.write('#hidden', '32');
    await page.shows('.layer-cost', /parameters/);
  },

  async number(page) {
    await page.press('#clear');
    const at = (points, from) => points.map(([x, y]) => [from + 0.45 * x, 0.2 + 0.6 * y]);
    await page.draw(at(SEVEN, 0.02), at(ZERO, 0.52));
    await page.shows('#pipeline', /70/);
  },

  async picture(page) {
    const canvas = page.document.createElement('canvas');
    [canvas.width, canvas.height] = [400, 200];
    const context = canvas.getContext('2d');
    context.fillStyle = '#f4f1e8';
    context.fillRect(0, 0, 400, 200);
    [context.lineWidth, context.strokeStyle, context.lineCap] = [11, '#223', 'round'];
    [ONE, SEVEN].forEach((points, i) => {
      context.beginPath();
      for (const [x, y] of points) context.lineTo(40 + 150 * i + 110 * x, 40 + 120 * y);
      context.stroke();
    });
    const content = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    page.give('#picture-file', { name: 'number.png', content, type: 'image/png' });
    await page.shows('.picture-answer', /^17$/);
    page.all('.picture-digit')[1].click();
    await page.shows('#answer', /^7$/);
  },

  async theme(page) {
    await page.press('#theme');
    holds('the page is dark', page.document.documentElement.dataset.theme === 'dark');
    await page.press('#theme');
  },

  async backpropagation(page) {
    await seven(page);
    await open(page, 'backpropagation');
    await page.shows('#view-backpropagation h2', /^Step 1 of/);
    for (let step = 2; !page.one('#step-forward').disabled; step++) {
      await page.press('#step-forward');
      await page.shows('#view-backpropagation h2', new RegExp(`^Step ${step} of`));
      const verdict = page.text('.check-verdict');
      holds(`the check of step ${step} agrees`, AGREES.test(verdict), verdict);
    }
    holds('equations are set in MathML', page.one('.equations math').getBoundingClientRect().height > 10);
    await page.press('#take-step');
    await page.shows('.update-said', /^The loss fell from/);
    await page.press('#undo-step');
    await page.write('#step-notation', '003');
  },

  async inside(page) {
    await seven(page);
    await open(page, 'inside');
    await page.shows('.break-answer', /^The copy says 7/);
    const unit = page.all('.diagram-unit')[2];
    page.point(unit, 'pointerenter', [0.5, 0.5], { pointerType: 'mouse' });
    await page.shows('.unit-title', new RegExp(`unit ${/unit (\d+)/.exec(unit.textContent)[1]}$`));
    unit.click();
    await page.press('#silence');
    await page.appears('.diagram-unit.is-silenced');
    page.one('#without-biases').click();
    await page.press('#restore');
    page.write('#saliency-method', 'gradientTimesInput');
    await page.shows('.embedding-score', /of 1,000/);
    page.key('.embedding-plot > canvas', 'Home');
    await page.until('a digit is chosen', () =>
      /read as/.test(page.one('.embedding-plot > canvas').getAttribute('aria-valuetext')),
    );
    page.write('#surface-steps', '15');
    await page.press('#surface-compute');
    await page.shows('.surface-note', /^Computed\./);
    await page.saves('button[aria-label="The loss surface as PNG"]');
  },

  async playground(page) {
    await open(page, 'playground');
    await page.shows('#p-status', /^Ready/);
    const plane = page.one('#plane');
    const first = [Number(page.text('#p-figure-training')), plane.toDataURL()];
    await page.press('#p-step');
    await page.shows('#p-status', /^Paused after epoch 0 and 1 /);
    await page.press('#p-epoch');
    await page.shows('#p-status', /^Paused after epoch 1\./);
    await page.press('#p-play');
    await page.until('30 epochs are played', () => Number(page.text('#p-figure-epoch')) >= 30);
    await page.press('#p-play');
    await page.shows('#p-status', /^Paused after epoch/);
    holds('the loss has fallen', Number(page.text('#p-figure-training')) < first[0]);
    holds('the plane has changed', plane.toDataURL() !== first[1]);
    page.one('input[name=p-data][value=own]').click();
    await page.shows('#p-status', /place points of both classes/);
    page.point(plane, 'click', [0.25, 0.25]);
    page.one('input[name=p-placing][value="0"]').click();
    page.point(plane, 'click', [0.75, 0.5]);
    await page.shows('.data-panel .note', /2 to learn from/);
    await page.press('#p-reset');
  },

  async lessons(page) {
    await open(page, 'lessons');
    await page.press('#begin-neuron');
    await page.appears('#view-playground h1');
    await page.press('#lesson-set');
    await page.shows('#p-status', /^Paused after epoch 20\./);
    await page.press('#lesson-close');
  },

  async 'my digits'(page) {
    await open(page, 'my-digits');
    await page.until('the digit that was kept is there', () => page.all('.my-tile').length === 1);
    page.one('.my-tile').click();
    await page.press('.chosen-bar button', '7');
    await page.until('it is a 7 now', () => /^7/.test(page.one('.my-tile').getAttribute('aria-label')));
    const { name, content } = await page.saves('#view-my-digits button', 'Export');
    page.give('#my-digits-file', { name, content });
    await page.shows('.my-note', /were here already\.$/);
    await page.press('.hand .primary');
    await page.shows('.hand-note', /^Learned in/);
    holds('figures before and after are there', page.all('.hand tbody tr').length > 0);
    await page.press('.hand button', 'Undo');
    await page.press('.chosen-bar button', 'Delete');
    await page.until('it is gone', () => page.all('.my-tile').length === 0);
  },

  async table(page) {
    await open(page, 'table');
    await page.appears('#view-table h1');
    await table(page);
  },

  async 'keep and share'(page) {
    await seven(page);
    await open(page, 'share');
    await page.appears('#share-pytorch');
    // Without a press of a hand no browser lets a page copy; the page says then how it is done by hand.
    await page.press('#share-link .primary');
    await page.shows('#share-link .share-note', /./);
    for (const button of ['SVG', 'PNG']) await page.saves('.share-picture button', button);
    await page.saves('#view-share button', 'Save the log (CSV)');
    holds('earlier runs are in the table', page.all('.runs tbody tr').length > 0);
    const formats = page.all('.offer button').map((button) => button.dataset.format);
    const files = {};
    for (const format of formats) files[format] = await page.saves(`[data-format="${format}"]`);
    page.give('#share-files', files['onnx']);
    await page.shows('#share-open .share-note', /answers now/);
    await page.shows('#answer', /^7$/);
  },
};
