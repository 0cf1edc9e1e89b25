/** A digit classifier under plain SGD: what most people train first. */
export const W1 = {
  id: 'W1',
  kind: 'train',
  unit: 'samples/s',
  title: '784-128-10, ReLU/softmax, cross-entropy, SGD 0.1, batch 128',
  data: 'digits',
  sizes: [784, 128, 10],
  hidden: 'relu',
  output: 'softmax',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 128,
  verifyRows: 12_800,
  tolerance: 1e-3,
};

/** W1 on input without a zero: no tool can skip anything, so this is the dense path of those that can. */
export const W1D = { ...W1, id: 'W1D', title: `${W1.title}, no zero in the input`, data: 'dense' };
