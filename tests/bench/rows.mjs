/**
 * The libraries that are measured, and how: one row each. `missing()` gives the reason if a row cannot be measured
 * here; such rows are skipped, and the report says why.
 *
 * id       of the row, in results.json and for --only (any part of it, or of its group)
 * host     node, page (headless Chromium), native or torch
 * peer     the module in peers/ that a Node process or page loads; flavour is handed to it
 * works    what it can do
 * slow     left out by --quick
 * trainer  what a page that trains with it imports, for the work `size`
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { chromiumPath } from '../../scripts/setup.mjs';
import { buildNative } from './hosts/native.mjs';
import { openBlas, torchMissing } from './hosts/torch.mjs';
import { BENCH } from './paths.mjs';

/** The flavours of mlp-wasm; one whose wasm is not in dist/ is not there yet. */
const FLAVOURS = [
  { name: 'scalar', init: { simd: false }, wasm: 'mlp-scalar.wasm' },
  { name: 'simd', init: { simd: true }, wasm: 'mlp.wasm' },
  { name: 'relaxed', init: { simd: 'relaxed' }, wasm: 'mlp-relaxed.wasm' },
  { name: 'simd, 2 threads', id: 'simd-2t', init: { simd: true, threads: 2 }, wasm: 'mlp-threads.wasm' },
  {
    name: 'relaxed, 2 threads',
    id: 'relaxed-2t',
    init: { simd: 'relaxed', threads: 2 },
    wasm: 'mlp-relaxed-threads.wasm',
  },
];

/** Node before 22 runs relaxed SIMD only when told to. */
const RELAXED_FLAG = '--experimental-wasm-relaxed-simd';
const relaxedFlags = Number(process.versions.node.split('.')[0]) < 22 ? [RELAXED_FLAG] : [];
const inModules = (file) => path.join(BENCH, 'node_modules', file);
const noChromium = () => (chromiumPath() ? undefined : 'no Chromium: set CHROMIUM_PATH');
const SPEED = ['W1', 'W2', 'W3', 'P1', 'P2'];
const PAGE = ['init', 'size'];

/** @param dist the folder of the package to measure */
export function allRows(dist) {
  return [...native(), ...ours(dist), ...tensorflow(), ...jax(), ...others(), ...torch()];
}

/** The row that all others are divided by. */
export const YARDSTICK = 'native-sse';

function native() {
  const names = { sse: 'SSE', avx2: 'AVX2 + FMA', avx512: 'AVX-512' };
  return Object.entries(names).map(([target, name]) => ({
    id: `native-${target}`,
    group: 'native',
    who: `native Eigen, ${name}, 1 thread`,
    host: 'native',
    target,
    works: [...SPEED, 'W1D'],
    missing: () => buildNative(target),
  }));
}

function ours(dist) {
  return FLAVOURS.flatMap(({ name, id = name, init, wasm }) => {
    const relaxed = init.simd === 'relaxed';
    const shared = {
      group: 'ours',
      peer: 'ours',
      flavour: { init },
      relaxed,
      threads: init.threads ?? 1,
      slow: init.simd === false,
      works: [...SPEED, 'W1D', 'T97', ...PAGE],
      trainer: {
        source: `export { init, sequential, dense } from ${JSON.stringify(path.join(dist, 'index.js'))};`,
        wasm: path.join(dist, wasm),
        skips: init.threads ? [] : ['mlp-threads'],
      },
    };
    const missing = () => (existsSync(path.join(dist, wasm)) ? undefined : 'this build has no such flavour');
    return [
      {
        ...shared,
        id: `ours-${id}-node`,
        who: `**mlp-wasm** ${name}, Node`,
        host: 'node',
        flags: relaxed ? relaxedFlags : [],
        missing,
      },
      {
        ...shared,
        id: `ours-${id}-page`,
        who: `**mlp-wasm** ${name}, Chromium`,
        host: 'page',
        slow: true,
        isolated: shared.threads > 1,
        missing: () => missing() ?? noChromium(),
      },
    ];
  });
}

function tensorflow() {
  const backends = ['wasm', 'cpu'];
  return backends.flatMap((backend) => {
    const library = `@tensorflow/tfjs-backend-${backend}`;
    const wasm =
      backend === 'wasm' ? inModules('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm') : undefined;
    const core = (names) =>
      `export { ready, setBackend, ${names} } from '@tensorflow/tfjs-core'; export * from '${library}';`;
    const operations =
      'add, clone, dispose, div, fused, matMul, mul, sigmoid, softmax, sqrt, step, sub, sum, ' +
      'tanh, tensor, tensor2d, tidy, transpose, zerosLike';
    const kinds = {
      fit: {
        who: `TensorFlow.js ${backend}, \`model.fit\``,
        source: `${core('tensor2d, train')} export { layers, sequential } from '@tensorflow/tfjs-layers';`,
      },
      loop: { who: `TensorFlow.js ${backend}, hand-written loop`, source: core(operations) },
    };
    return Object.entries(kinds).flatMap(([kind, { who, source }]) => {
      const works = [...SPEED, ...(kind === 'fit' && wasm ? ['T97'] : []), ...PAGE];
      const shared = { group: 'tfjs', peer: `tfjs-${kind}`, flavour: { backend }, works, trainer: { source, wasm } };
      const rows = [{ ...shared, id: `tfjs-${backend}-${kind}-node`, who: `${who}, Node`, host: 'node' }];
      if (wasm)
        rows.push({
          ...shared,
          id: `tfjs-wasm-${kind}-page`,
          who: `${who}, Chromium`,
          host: 'page',
          missing: noChromium,
        });
      return rows;
    });
  });
}

function jax() {
  const source = "export { init, defaultDevice, jit, nn, numpy, tree, valueAndGrad } from '@jax-js/jax';";
  const shared = {
    group: 'jax',
    peer: 'jax',
    flavour: {},
    relaxed: true,
    works: [...SPEED, ...PAGE],
    trainer: { source, skips: ['webgpu', 'webgl'] },
  };
  return [
    { ...shared, id: 'jax-node', who: 'jax-js wasm, relaxed madd, Node', host: 'node', flags: relaxedFlags },
    { ...shared, id: 'jax-page', who: 'jax-js wasm, relaxed madd, Chromium', host: 'page', missing: noChromium },
    {
      ...shared,
      id: 'jax-threads-page',
      who: 'jax-js wasm, relaxed madd, threads, Chromium',
      host: 'page',
      isolated: true,
      threads: availableParallelism(),
      missing: noChromium,
    },
  ];
}

function others() {
  const onnx = {
    group: 'onnx',
    peer: 'onnx',
    flavour: {},
    works: ['P1', 'P2', ...PAGE],
    trainer: {
      source: "export { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';",
      wasm: inModules('onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'),
    },
  };
  const works = [...SPEED, ...PAGE];
  const plain = {
    group: 'plain',
    peer: 'plain',
    flavour: {},
    works,
    trainer: { source: "export * from './peers/plain.mjs';" },
  };
  const brain = {
    group: 'brain',
    peer: 'brain',
    flavour: {},
    works: works.filter((id) => id !== 'W2'),
    trainer: { source: "import 'brain.js/browser.min.js';" },
  };
  return [
    { ...onnx, id: 'onnx-node', who: 'onnxruntime-web, 1 thread, Node', host: 'node' },
    { ...onnx, id: 'onnx-page', who: 'onnxruntime-web, 1 thread, Chromium', host: 'page', missing: noChromium },
    { ...plain, id: 'plain-node', who: 'plain JavaScript loops, Node', host: 'node' },
    { ...brain, id: 'brain-node', who: 'brain.js, Node', host: 'node' },
  ];
}

function torch() {
  const works = [...SPEED, 'init'];
  const rows = [{ id: 'torch-1t', who: 'PyTorch, the BLAS it links, 1 thread', flavour: { threads: 1 } }];
  for (const [core, name] of [
    ['HASWELL', 'AVX2'],
    ['SKYLAKEX', 'AVX-512'],
  ]) {
    for (const threads of [1, 2]) {
      const id = `torch-openblas-${name.toLowerCase().replace('-', '')}-${threads}t`;
      rows.push({
        id,
        who: `PyTorch, OpenBLAS ${name}, ${threads} thread${threads > 1 ? 's' : ''}`,
        flavour: { core, threads },
        threads,
      });
    }
  }
  const missing = ({ core }) => {
    if (torchMissing()) return torchMissing();
    if (core && !openBlas()) return 'no OpenBLAS: libopenblas0-pthread, or OPENBLAS_DIR';
    return core === 'SKYLAKEX' ? buildNative('avx512') : undefined;
  };
  return rows.map((row) => ({ ...row, group: 'torch', host: 'torch', works, missing: () => missing(row.flavour) }));
}
