// Trains the network that the page answers with before anyone has trained one: on generated digits, and on drawings
// that are no digits, for which it has an eleventh output. From a fixed seed and without relaxed SIMD, so that it makes
// the same file to the bit on every machine, as long as the core trains to the same bits. That file is part of the
// repository, because training takes minutes; the fingerprint in it tells whether it still belongs to this recipe
// (tests/js/demo/recogniser.test.ts asks).
//
//   node scripts/pretrain.mjs            trains, and writes web/demo/public/pretrained.safetensors
//   node scripts/pretrain.mjs FILE       writes FILE instead
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './run.mjs';
import { notDigits } from './not-digits.mjs';

export const PRETRAINED = path.join(ROOT, 'web/demo/public/pretrained.safetensors');

export const RECIPE = {
  hidden: [256, 64],
  /** No drawing is shown twice: each chunk holds new ones. */
  chunks: 60,
  digits: 80_000,
  notDigits: 40_000,
  batchSize: 128,
  learningRate: 1e-3,
  seed: 2026,
  /** Share of digits, generated and never trained on, that may be refused. */
  refused: 0.02,
};
const PIXELS = 784;
/** The eleventh output. */
const NO_DIGIT = 10;

const load = async () => ({
  ...(await import(path.join(ROOT, 'dist/index.js'))),
  generateDigits: (await import(path.join(ROOT, 'dist/digits.js'))).generateDigits,
  wasm: (await WebAssembly.instantiate(await readFile(path.join(ROOT, 'dist/digits.wasm')))).instance.exports,
});

/** Changes whenever another recipe, other digits or other not-digits would make another network. */
export async function fingerprint() {
  const { generateDigits, wasm } = await load();
  const digits = await generateDigits({ count: 1000, seed: RECIPE.seed });
  const others = notDigits(wasm, { count: 500, seed: RECIPE.seed });
  const hash = createHash('sha256').update(JSON.stringify(RECIPE));
  for (const { buffer } of [digits.x, digits.y, others.x]) hash.update(new Uint8Array(buffer));
  return hash.digest('hex').slice(0, 16);
}

/** Kernels as whole numbers from −127 to 127, each column with a scale of its own. */
function quantized({ data, shape: [rows, columns] }) {
  const levels = new Int8Array(rows * columns);
  const scales = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    let largest = 0;
    for (let i = column; i < data.length; i += columns) largest = Math.max(largest, Math.abs(data[i]));
    scales[column] = largest / 127 || 1;
    for (let i = column; i < data.length; i += columns) levels[i] = Math.round(data[i] / scales[column]);
  }
  return { levels, scales };
}

/** A safetensors file; floats first, so that they are aligned. */
function safetensors(tensors, metadata) {
  const header = { __metadata__: metadata };
  const parts = [];
  let end = 0;
  for (const [name, dtype, shape, { buffer }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, (end += buffer.byteLength)] };
    parts.push(new Uint8Array(buffer));
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([size, json, ...parts]);
}

async function pretrain(file) {
  const { dense, generateDigits, init, schedules, sequential, wasm } = await load();
  await init({ deterministic: true });
  const { hidden, chunks, batchSize, learningRate, seed } = RECIPE;
  const model = sequential({
    name: 'pretrained',
    seed,
    layers: [
      ...hidden.map((units, i) =>
        dense({ units, activation: 'relu', kernelInitializer: 'heNormal', ...(i === 0 && { inputShape: [PIXELS] }) }),
      ),
      dense({ units: NO_DIGIT + 1, activation: 'softmax' }),
    ],
  });
  const rows = RECIPE.digits + RECIPE.notDigits;
  const decaySteps = chunks * Math.ceil(rows / batchSize);
  model.compile({
    optimizer: { name: 'adam', learningRate: schedules.cosineDecay({ initialLearningRate: learningRate, decaySteps }) },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const inked = new Uint8Array(PIXELS);
  const x = new Float32Array(rows * PIXELS);
  const y = new Uint8Array(rows).fill(NO_DIGIT);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const digits = await generateDigits({ count: RECIPE.digits, seed, first: chunk * RECIPE.digits });
    x.set(digits.x);
    y.set(digits.y);
    const others = { count: RECIPE.notDigits, seed, first: chunk * RECIPE.notDigits };
    x.set(notDigits(wasm, others).x, RECIPE.digits * PIXELS);
    if (chunk === 0) for (let i = 0; i < x.length; i++) if (x[i] > 0) inked[i % PIXELS] = 1;
    const { history } = await model.fit(x, y, { batchSize, initialEpoch: chunk, epochs: chunk + 1 });
    const [loss, accuracy] = [history.loss.at(-1), history.accuracy.at(-1)];
    console.log(`${chunk + 1} of ${chunks}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}`);
  }

  // Weights of pixels that are never inked are still the random ones they began with: they only make the file larger.
  const weights = model.getWeights();
  for (let i = 0; i < weights[0].data.length; i++) if (!inked[Math.floor(i / hidden[0])]) weights[0].data[i] = 0;
  const kernels = weights.filter(({ shape }) => shape.length === 2).map(quantized);
  const restored = ({ levels, scales }) => Float32Array.from(levels, (level, i) => level * scales[i % scales.length]);
  model.setWeights(weights.map((weight, i) => (i % 2 ? weight : { ...weight, data: restored(kernels[i / 2]) })));

  // How sure it must be that a drawing is no digit: measured as it will be read, on digits it has not seen.
  const heldOut = await generateDigits({ count: 20_000, seed: seed + 1 });
  const outputs = model.predict(heldOut.x);
  const doubts = Float32Array.from({ length: heldOut.count }, (_, i) => outputs[i * 11 + NO_DIGIT]).sort();
  const refuseAbove = doubts[Math.floor((1 - RECIPE.refused) * doubts.length)];
  const unseen = notDigits(wasm, { count: 2000, seed: seed + 1, heldOut: true });
  const others = model.predict(unseen.x);
  const refused = unseen.kinds.filter((_, i) => others[i * 11 + NO_DIGIT] > refuseAbove).length / unseen.count;
  console.log(`refused above ${refuseAbove.toFixed(4)}: ${(100 * refused).toFixed(1)} % of unseen kinds of not-digits`);

  await writeFile(
    file,
    safetensors(
      kernels
        .flatMap(({ scales }, i) => [
          [`scale_${i}`, 'F32', [scales.length], scales],
          [`bias_${i}`, 'F32', weights[2 * i + 1].shape, weights[2 * i + 1].data.slice()],
        ])
        .concat(kernels.map(({ levels }, i) => [`kernel_${i}`, 'I8', weights[2 * i].shape, levels])),
      { fingerprint: await fingerprint(), refuseAbove: String(refuseAbove) },
    ),
  );
  model.dispose();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await pretrain(process.argv[2] ?? PRETRAINED);
