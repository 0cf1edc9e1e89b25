/** Results of PyTorch in float64; tests/golden/README.md describes the fields. */
import type { ActivationName, LossConfig, OptimizerConfig } from 'mlp-wasm';

interface GoldenLayer {
  units: number;
  activation: ActivationName;
  alpha?: number;
  useBias: boolean;
}

export interface GoldenCase {
  name: string;
  features: number;
  layers: GoldenLayer[];
  loss: LossConfig;
  x: number[][];
  y: number[][] | number[];
  weights: { name: string; shape: number[]; data: number[] }[];
  forward: { z: number[]; a: number[] }[];
  lossValue: number;
  gradients: number[][];
  delta: number[][];
  optimizers: { optimizer: OptimizerConfig; lossAfter: number; weightsAfter: number[][] }[];
}
