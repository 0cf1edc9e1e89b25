import { W1 } from './w1.mjs';

/** `fit` on real MNIST until the test set is read to 97 %, looked at after every epoch. */
export const T97 = {
  ...W1,
  id: 'T97',
  kind: 'timeTo',
  unit: 's',
  title: 'MNIST, 784-128-10, Adam 0.001, batch 128: `fit` to 97 % test accuracy',
  data: 'mnist',
  optimizer: { name: 'adam', learningRate: 1e-3 },
  accuracy: 0.97,
  maxEpochs: 12,
};
