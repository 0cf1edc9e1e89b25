/** A network as small as those drawn on pages: what is left is the cost of a step itself. */
export const W3 = {
  id: 'W3',
  kind: 'train',
  unit: 'steps/s',
  title: '2-8-8-1, tanh/sigmoid, binary cross-entropy, Adam 0.01, batch 10',
  data: 'plane',
  sizes: [2, 8, 8, 1],
  hidden: 'tanh',
  output: 'sigmoid',
  optimizer: { name: 'adam', learningRate: 1e-2 },
  batchSize: 10,
  verifyRows: 10_000,
  tolerance: 1e-3,
};
