/**
 * The file that `scripts/pretrain.mjs` writes: a safetensors file of dense layers 0, 1, …, each with `kernel_i` as whole
 * numbers (I8, [inputs, units]), `scale_i`, the weight that 1 stands for in each column, and `bias_i` (F32, [units]).
 */
import { words } from '../words/first-view.js';

export interface DenseWeights {
  inputs: number;
  units: number;
  /** inputs × units, row-major. */
  kernel: Float32Array;
  bias: Float32Array;
}

export interface WeightsFile {
  layers: DenseWeights[];
  /** A drawing is no digit when the last output says so with more than this probability. */
  refuseAbove: number;
  /** Of the recipe that made it. */
  fingerprint: string;
}

interface Entry {
  shape: number[];
  data_offsets: [number, number];
}

/** @throws {Error} with a sentence when the file is damaged. */
export function readWeightsFile(file: ArrayBuffer): WeightsFile {
  try {
    const headerBytes = Number(new DataView(file).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, headerBytes))) as Record<string, Entry>;
    const metadata = header['__metadata__'] as unknown as Record<string, string>;
    const bytes = (name: string): ArrayBuffer => {
      const [begin, end] = header[name]!.data_offsets.map((offset) => 8 + headerBytes + offset) as [number, number];
      if (end > file.byteLength) throw new RangeError('it is truncated');
      return file.slice(begin, end);
    };
    const layers: DenseWeights[] = [];
    for (let i = 0; header[`kernel_${i}`]; i++) {
      const [inputs, units] = header[`kernel_${i}`]!.shape as [number, number];
      const scale = new Float32Array(bytes(`scale_${i}`));
      const kernel = Float32Array.from(new Int8Array(bytes(`kernel_${i}`)), (level, at) => level * scale[at % units]!);
      layers.push({ inputs, units, kernel, bias: new Float32Array(bytes(`bias_${i}`)) });
    }
    if (layers.length === 0) throw new RangeError('it has no layers');
    return { layers, refuseAbove: Number(metadata['refuseAbove']), fingerprint: metadata['fingerprint']! };
  } catch (cause) {
    throw new Error(words.damaged, { cause });
  }
}
