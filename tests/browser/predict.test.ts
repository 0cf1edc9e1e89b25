/** mlp-wasm/predict in Chromium, without a bundler, under a strict policy: on a page and in a worker of it. */
import { beforeAll, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import { rowsOf, stacks } from '../js/support/predicting.js';
import type { Question } from '../js/support/predictions.js';
import { visitLibrary, type Library } from './library.js';

declare const library: Library;

const here = visitLibrary();
/** Models of every kind with rows for them, and what mlp-wasm predicts in Node. */
const questions: Question[] = [];
const answers: number[][] = [];

beforeAll(async () => {
  await mlp.init({ deterministic: true });
  for (const layers of Object.values(stacks(mlp))) {
    using model = mlp.sequential({ seed: 3, layers });
    const x = rowsOf(17, model.inputShape[0], 0.3);
    questions.push({ file: [...(await model.save())], x: [...x] });
    const [all, first] = [model.predict(x), model.predict(x.slice(0, model.inputShape[0]))];
    answers.push([...new Uint32Array(all.buffer), ...new Uint32Array(first.buffer)]);
  }
});

it('predicts on a page the bits of mlp-wasm in Node, and loads no more than its own module', async () => {
  const page = await here.open();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1)!));
  expect(await page.evaluate((questions) => library.inPage('predictions', questions), questions)).toEqual(answers);
  expect(asked).toEqual(['predict.wasm']);
});

it('predicts the same in a module worker', async () => {
  const page = await here.open();
  expect(await page.evaluate((questions) => library.inWorker('predictions', questions), questions)).toEqual(answers);
});

it('says which address it tried when the module is missing, and works once it is there', async () => {
  const page = await here.open();
  await page.route('**/predict.wasm', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  const attempt = () =>
    page.evaluate(
      (question) =>
        library.inPage('predictions', [question]).then(
          () => 'no error',
          (error: Error) => error.message,
        ),
      questions[0]!,
    );
  expect(await attempt()).toMatch(
    `could not load the WebAssembly module from ${here.site.url}package/predict.wasm: it is not WebAssembly`,
  );
  await page.unroute('**/predict.wasm');
  expect(await attempt()).toBe('no error');
});
