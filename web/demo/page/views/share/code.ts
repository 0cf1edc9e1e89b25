/** A run of the page as a program with the npm package, which gives the same network to the last bit. */
import type { LayerConfig } from 'mlp-wasm';
import { describe } from '../../settings/settings.js';
import type { Settings } from '../../settings/settings.js';
import { AUGMENTATIONS } from '../../training/augmentations.js';
import { layersOf } from '../../training/layers.js';
import { configsOf } from '../../../shared/plain-layers.js';
import { HELD_OUT_FIRST, heldOutCount } from '../../../shared/held-out.js';

export type Place = 'node' | 'browser';

/** The program; what it needs beside the package stands in its first lines. */
export function codeOf(settings: Settings, place: Place): string {
  const { optimizer, learningRate, batchSize, epochs, seed } = settings;
  const configs = configsOf(layersOf(settings));
  const makers = [...new Set(configs.map(({ className }) => className))];
  const isFromFiles = settings.data === 'mnist';
  return `${headOf(settings, place)}
import { ${[...makers, 'init', ...(isFromFiles ? ['readIdx'] : []), 'sequential'].sort().join(', ')} } from 'mlp-wasm';
${isFromFiles ? '' : "import { generateDigits } from 'mlp-wasm/digits';\n"}${importsOf(place, isFromFiles)}
await init({ deterministic: true });

${isFromFiles ? mnist(place) : generated(settings)}
const model = sequential({
  seed: ${seed},
  layers: [
${configs.map((config) => `    ${callOf(config)},\n`).join('')}  ],
});
model.compile({
  optimizer: { name: '${optimizer}', learningRate: ${learningRate} },
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(x, y, {
  epochs: ${epochs},
  batchSize: ${batchSize},
${settings.augmentation ? `  augmentation: ${literal(AUGMENTATIONS[settings.augmentation])},\n` : ''}  validationData,
  callbacks: {
    onEpochEnd: (epoch, { loss, valLoss, valAccuracy }) => console.log(epoch + 1, loss, valLoss, valAccuracy),
  },
});
${endOf(place)}`;
}

/** The call that describes a layer: "dense({ units: 10, activation: 'softmax' })". */
function callOf({ className, ...options }: LayerConfig): string {
  const entries = Object.entries(options);
  return `${className}(${entries.length > 0 ? literal(options) : ''})`;
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, one]) => `${key}: ${literal(one)}`).join(', ')} }`;
}

function headOf(settings: Settings, place: Place): string {
  const files = settings.data === 'mnist' ? ', beside the four files of MNIST' : '';
  return place === 'node'
    ? `// ${describe(settings)}
// npm install mlp-wasm; node run.mjs${files}`
    : `// ${describe(settings)}
// A module for a page: npm install mlp-wasm, and a bundler or an import map${files}. Put it into a
// worker, or take connect() of mlp-wasm/worker, where the page must stay quick meanwhile.`;
}

function importsOf(place: Place, isFromFiles: boolean): string {
  if (place === 'browser') return "import { save } from 'mlp-wasm/storage';\n";
  return `import { ${isFromFiles ? 'readFile, ' : ''}writeFile } from 'node:fs/promises';\n`;
}

function generated({ count, seed }: Settings): string {
  return `async function digits(count, first) {
  const { x, y } = await generateDigits({ count, seed: ${seed}, first });
  return [{ data: Uint8Array.from(x, (ink) => Math.round(255 * ink)), scale: 1 / 255 }, y];
}
const [x, y] = await digits(${count}, 0);
const validationData = await digits(${heldOutCount(count)}, ${HELD_OUT_FIRST}); // far behind those that are learned
`;
}

function mnist(place: Place): string {
  const bytes = place === 'node' ? 'await readFile(file)' : 'await (await fetch(file)).arrayBuffer()';
  return `async function digits(name) {
  const [images, labels] = await Promise.all(
    ['images-idx3', 'labels-idx1'].map(async (part) => {
      const file = \`\${name}-\${part}-ubyte.gz\`;
      return (await readIdx(${bytes})).data;
    }),
  );
  return [{ data: images, scale: 1 / 255 }, labels];
}
const [x, y] = await digits('train');
const validationData = await digits('t10k');
`;
}

function endOf(place: Place): string {
  return place === 'node'
    ? `await writeFile('digits.safetensors', await model.save());\n`
    : `await save(model, 'downloads://digits.safetensors');\n`;
}
