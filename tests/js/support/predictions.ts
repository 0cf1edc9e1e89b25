/** Predictions in another realm. */
import type * as Predicting from 'mlp-wasm/predict';

export interface Question {
  file: number[];
  x: number[];
}

/**
 * The predictions of models, of all rows and of the first by itself, as the bits of each number. Self-contained, so that its
 * text can be sent to a thread or a page.
 */
export async function predictions(
  { predicting }: { predicting: typeof Predicting },
  questions: Question[],
): Promise<number[][]> {
  const answers = [];
  for (const { file, x } of questions) {
    const model = await predicting.loadModel(Uint8Array.from(file));
    const all = predicting.predict(model, Float32Array.from(x));
    const first = model.predict(Float32Array.from(x.slice(0, model.inputShape[0])));
    model.dispose();
    answers.push([...new Uint32Array(all.buffer), ...new Uint32Array(first.buffer)]);
  }
  return answers;
}
