/** Wider and deeper, under Adam: most of the work is in the 512 × 512 layer, which no sparse input helps. */
export const W2 = {
  id: 'W2',
  kind: 'train',
  unit: 'samples/s',
  title: '784-512-512-10, ReLU/softmax, cross-entropy, Adam 0.001, batch 128',
  data: 'digits',
  sizes: [784, 512, 512, 10],
  hidden: 'relu',
  output: 'softmax',
  optimizer: { name: 'adam', learningRate: 1e-3 },
  batchSize: 128,
  verifyRows: 2560,
  tolerance: 1e-3,
};
