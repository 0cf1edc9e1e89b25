// The rooms of web/src, from the lowest to the highest: a room imports only itself and rooms before it.
// Types count too, because a circle of types makes two files one for whoever reads them.
const ROOMS = [
  'check',
  'wasm',
  'data',
  'model',
  'training',
  'insight',
  'files',
  'sequential.ts',
  'index.ts',
  'storage',
  'charts',
  'tables',
  'formats',
  'worker',
  'predict',
];

const place = (room) => `^web/src/${room.replace('.', '\\.')}${room.endsWith('.ts') ? '$' : '/'}`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Files that import each other can only be understood together: move what both need into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...ROOMS.map((room, i) => ({
      name: `${room}-imports-only-rooms-before-it`,
      comment: `The order of the rooms is ${ROOMS.join(', ')}.`,
      severity: 'error',
      from: { path: place(room) },
      to: { path: '^web/src/', pathNot: ROOMS.slice(0, i + 1).map(place) },
    })),
    {
      name: 'predict-does-without-the-trainer',
      comment: 'mlp-wasm/predict is small because it takes nothing of models that train but names and types.',
      severity: 'error',
      from: { path: place('predict') },
      to: {
        path: '^web/src/',
        pathNot: [
          ...['check', 'data', 'predict'].map(place),
          '^web/src/files/(model-format|safetensors)',
          '^web/src/model/(activations|layer-options)',
          '^web/src/wasm/(copying|native|options|small-module)',
        ],
      },
    },
    {
      name: 'entries-share-the-core',
      comment:
        'storage.js, tables.js and files.js import index.js, because their models must be of one WebAssembly module with all others. ' +
        'Files of these rooms would be bundled into it a second time, with a state of their own.',
      severity: 'error',
      from: { path: ['storage', 'charts', 'tables', 'formats'].map(place) },
      to: { path: ['wasm', 'model', 'training', 'insight', 'files', 'sequential.ts'].map(place) },
    },
    {
      name: 'no-orphan',
      comment: 'Nothing uses this file.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^web/src/(wasm/thread|data/digits|predict/predict)\\.ts$'] },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: ['\\.d\\.ts$'] },
  },
};
