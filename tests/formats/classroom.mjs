// A classroom tool's job, by mlp-wasm and by TensorFlow.js: 24 features of movements, batch normalization, 16 relu units,
// softmax over three gestures; sgd 0.1, batches of 16, 160 epochs on 80 samples. Times are from the start of loading the
// library to the trained model. Run: cd tests/formats && npm install && node classroom.mjs
const BACKENDS = ['cpu', 'wasm'];
const [FEATURES, GESTURES, TRAINING, HELD_OUT, ROUNDS] = [24, 3, 80, 600, 3];

let state = 7;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Features of very different ranges, as means, peaks and crossings of an accelerometer are, around one point a gesture. */
const ranges = Array.from({ length: FEATURES }, () => 10 ** (3 * random() - 1));
const centers = Array.from({ length: GESTURES * FEATURES }, () => normal());
function samples(count) {
  const x = new Float32Array(count * FEATURES);
  const y = new Float32Array(count * GESTURES);
  for (let row = 0; row < count; ++row) {
    const gesture = row % GESTURES;
    y[row * GESTURES + gesture] = 1;
    for (let i = 0; i < FEATURES; ++i) {
      x[row * FEATURES + i] = ranges[i] * (centers[gesture * FEATURES + i] + 1.8 * normal());
    }
  }
  return { x, y, count };
}
const training = samples(TRAINING);
const heldOut = samples(HELD_OUT);

function accuracy(outputs) {
  let right = 0;
  for (let row = 0; row < HELD_OUT; ++row) {
    const place = (of) => of.indexOf(Math.max(...of));
    const at = (numbers) => Array.from(numbers.subarray(row * GESTURES, (row + 1) * GESTURES));
    right += Number(place(at(outputs)) === place(at(heldOut.y)));
  }
  return right / HELD_OUT;
}

const difference = (a, b) => a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);

async function ours(round) {
  const began = performance.now();
  const { batchNormalization, dense, init, sequential } = await import('../../dist/index.js');
  await init();
  const model = sequential({
    seed: round,
    layers: [
      batchNormalization({ inputShape: [FEATURES] }),
      dense({ units: 16, activation: 'relu' }),
      dense({ units: GESTURES, activation: 'softmax' }),
    ],
  });
  model.compile({
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(training.x, training.y, { epochs: 160, batchSize: 16 });
  const ms = performance.now() - began;
  return { ms, model, outputs: model.predict(heldOut.x) };
}

async function theirs(backend) {
  const began = performance.now();
  const tf = await import('@tensorflow/tfjs-core');
  const { layers, sequential } = await import('@tensorflow/tfjs-layers');
  const { default: module } = await import(`@tensorflow/tfjs-backend-${backend}`).then((all) => ({ default: all }));
  if (backend === 'wasm') {
    const { readFile } = await import('node:fs/promises');
    const file = new URL(
      'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
      import.meta.url,
    );
    const url = `data:application/wasm;base64,${(await readFile(file)).toString('base64')}`;
    const names = ['', '-simd', '-threaded-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`);
    module.setWasmPaths(Object.fromEntries(names.map((name) => [name, url])), true);
  }
  await tf.setBackend(backend);
  const model = sequential({
    layers: [
      layers.batchNormalization({ inputShape: [FEATURES] }),
      layers.dense({ units: 16, activation: 'relu' }),
      layers.dense({ units: GESTURES, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const [x, y] = [tf.tensor(training.x, [TRAINING, FEATURES]), tf.tensor(training.y, [TRAINING, GESTURES])];
  await model.fit(x, y, { epochs: 160, batchSize: 16, shuffle: true, yieldEvery: 'never' });
  const ms = performance.now() - began;
  return { ms, model, tf, outputs: model.predict(tf.tensor(heldOut.x, [HELD_OUT, FEATURES])).dataSync() };
}

/** Their model in ours, and ours in theirs: the largest difference of a probability. */
async function exchanged(mine, other) {
  const { exportModel, loadAny } = await import('../../dist/files.js');
  const { loadLayersModel } = await import('@tensorflow/tfjs-layers');
  const { tf } = other;
  let files;
  await other.model.save(
    tf.io.withSaveHandler(async ({ weightSpecs, weightData, ...rest }) => {
      const json = { ...rest, weightsManifest: [{ paths: ['w.bin'], weights: weightSpecs }] };
      files = { 'model.json': new TextEncoder().encode(JSON.stringify(json)), 'w.bin': new Uint8Array(weightData) };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const inOurs = (await loadAny(files)).predict(heldOut.x);
  const [json, weights] = await exportModel(mine.model, 'tfjs');
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(json.bytes));
  const weightData = new Uint8Array(weights.bytes).buffer;
  const opened = await loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
  );
  const inTheirs = opened.predict(tf.tensor(heldOut.x, [HELD_OUT, FEATURES])).dataSync();
  return { inOurs: difference(inOurs, other.outputs), inTheirs: difference(inTheirs, mine.outputs) };
}

const show = (name, { ms, outputs }) =>
  console.log(`${name}: ${ms.toFixed(0)} ms, accuracy on ${HELD_OUT} held-out samples ${accuracy(outputs).toFixed(3)}`);

// The first round of each loads its library; the others are what a second training costs.
for (let round = 0; round < ROUNDS; ++round) {
  const mine = await ours(round);
  show(`mlp-wasm, round ${round}`, mine);
  for (const backend of BACKENDS) {
    try {
      const other = await theirs(backend);
      show(`TensorFlow.js ${backend}, round ${round}`, other);
      const { inOurs, inTheirs } = await exchanged(mine, other);
      console.log(
        `  ${(other.ms / mine.ms).toFixed(1)} times ours; theirs in ours differs by ${inOurs.toExponential(1)}, ours in theirs by ${inTheirs.toExponential(1)}`,
      );
    } catch (error) {
      console.log(`TensorFlow.js ${backend}, round ${round}: ${String(error).slice(0, 200)}`);
    }
  }
}
