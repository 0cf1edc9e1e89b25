/** The layers that a state dictionary of PyTorch tells of, by the names and shapes of its tensors. */
import { rangeError } from '../../check/arguments.js';
import { excerpt } from '../../check/bytes.js';
import type { ActivationConfig, LayerConfig } from '../../index.js';
import { activationList } from '../activation-list.js';
import type { DescribedLayer } from '../description.js';
import type { ReadOptions } from '../options.js';
import { floatsOf, type RawTensor, type StateDict } from './tensors.js';

/** Tensors of a module, by what follows its name. */
interface Module {
  name: string;
  tensors: Record<string, RawTensor>;
  kind: 'Linear' | 'BatchNorm1d' | 'LayerNorm';
  inputs: number;
  units: number;
}

const PARTS = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];

/** ε of PyTorch's normalizations, and its 0.1 of a batch in a moving average: neither stands in a file. */
const EPSILON = 1e-5;
const MOMENTUM = 0.9;

/**
 * @throws {RangeError} naming the tensor or the module that is no multilayer perceptron's.
 */
export function layersOf(
  argument: string,
  tensors: StateDict,
  { activations }: ReadOptions,
): { layers: DescribedLayer[]; remarks: string[] } {
  const modules = chained(argument, modulesOf(argument, tensors));
  const linear = modules.filter(({ kind }) => kind === 'Linear').length;
  if (linear === 0) throw rangeError(argument, 'a Linear module', `${modules.length} others`);
  const list = activationList(argument.split(':')[0]!, activations ?? 'relu', linear);
  const remarks: string[] = [];
  if (activations === undefined) {
    remarks.push('the file has no activations: relu was taken for hidden layers; pass activations for others');
  }
  if (modules.some(({ kind }) => kind !== 'Linear')) {
    remarks.push(`the file does not tell ε of its normalizations: PyTorch's default, ${EPSILON}, was taken`);
  }
  const layers: DescribedLayer[] = [];
  let next = 0;
  for (let i = 0; i < modules.length; ++i) {
    const module = modules[i]!;
    if (module.kind !== 'Linear') {
      layers.push(normalization(argument, module));
      continue;
    }
    const activation = list[next++]!;
    const after = modules[i + 1];
    if (after && after.kind !== 'Linear' && isNextTo(module.name, after.name)) {
      layers.push(linearLayer(argument, module, { name: 'linear' }), normalization(argument, after));
      layers.push({ layer: { className: 'activation', activation }, weights: [] });
      ++i;
    } else layers.push(linearLayer(argument, module, activation));
  }
  return { layers, remarks };
}

/** The tensors by the module that they are of, in their order. */
function modulesOf(argument: string, tensors: StateDict): Module[] {
  const found = new Map<string, Record<string, RawTensor>>();
  for (const [name, tensor] of tensors) {
    const dot = name.lastIndexOf('.');
    const part = name.slice(dot + 1);
    if (dot < 1 || !PARTS.includes(part)) {
      const expected = 'tensors called weight, bias, running_mean … of Linear, BatchNorm1d and LayerNorm modules';
      throw new RangeError(
        `${argument}: expected ${expected}, got ${excerpt(name)} [${excerpt(tensor.shape.join(', '))}]`,
      );
    }
    const module = name.slice(0, dot);
    if (!found.has(module)) found.set(module, {});
    found.get(module)![part] = tensor;
  }
  return Array.from(found, ([name, own]) => moduleOf(`${argument}: ${excerpt(name)}`, name, own));
}

function moduleOf(where: string, name: string, tensors: Record<string, RawTensor>): Module {
  const { weight, bias, running_mean: mean, running_var: variance } = tensors;
  const shape = (weight ?? bias ?? mean)?.shape ?? [];
  const [units = 0, inputs = units] = shape;
  const isLinear = weight?.shape.length === 2;
  if (shape.length > 2 || shape.length === 0) {
    const what = shape.length > 2 ? 'as a convolution has' : 'as no layer has';
    const cure =
      'mlp-wasm has multilayer perceptrons; for others export the model to ONNX and run it with onnxruntime-web';
    throw new RangeError(`${where}: expected weights of one or two axes, got [${shape.join(', ')}], ${what}: ${cure}`);
  }
  if (!isLinear && (mean === undefined) !== (variance === undefined)) {
    throw new RangeError(`${where}: expected running_mean and running_var, got one of them`);
  }
  if (isLinear && (mean || variance))
    throw new RangeError(`${where}: expected a Linear module, got running statistics, too`);
  if (!isLinear && !mean && !weight) throw new RangeError(`${where}: expected a weight, got a bias alone`);
  for (const [part, tensor] of Object.entries({ weight: isLinear ? undefined : weight, bias, mean, variance })) {
    if (tensor && (tensor.shape.length !== 1 || tensor.shape[0] !== units)) {
      throw new RangeError(`${where}: expected ${part} [${units}], got [${excerpt(tensor.shape.join(', '))}]`);
    }
  }
  if (units === 0 || inputs === 0)
    throw new RangeError(`${where}: expected at least one unit, got [${shape.join(', ')}]`);
  return { name, tensors, kind: isLinear ? 'Linear' : mean ? 'BatchNorm1d' : 'LayerNorm', inputs, units };
}

/** The modules in the order of the file, or of their names, in which each takes what the one before it gives. */
function chained(argument: string, modules: Module[]): Module[] {
  const natural = new Intl.Collator('en', { numeric: true });
  const byName = modules.slice().sort((a, b) => natural.compare(a.name, b.name));
  const chain = [modules, byName].find((order) =>
    order.every(({ inputs }, i) => i === 0 || order[i - 1]!.units === inputs),
  );
  if (chain) return chain;
  const at = modules.findIndex(({ inputs }, i) => i > 0 && modules[i - 1]!.units !== inputs);
  const [before, after] = [modules[at - 1]!, modules[at]!];
  throw new RangeError(
    `${argument}: expected layers that follow each other, got ${excerpt(after.name)} of ${after.inputs} inputs behind ` +
      `${excerpt(before.name)} of ${before.units} units: branches, embeddings and skip connections are not read`,
  );
}

/**
 * True if a normalization stands before the activation of a layer: in a Sequential, whose modules are numbered, where no
 * number is left for the activation between them; elsewhere it is taken to be so, as it mostly is.
 */
function isNextTo(layer: string, normalization: string): boolean {
  const numbers = [layer, normalization].map((name) => /^(.*?)(\d+)$/.exec(name));
  const [[, parent, i] = [], [, other, j] = []] = numbers.map((match) => match ?? []);
  return i === undefined || j === undefined || parent !== other || Number(j) === Number(i) + 1;
}

function linearLayer(
  argument: string,
  { name, tensors, inputs, units }: Module,
  activation: ActivationConfig,
): DescribedLayer {
  const { weight, bias } = tensors;
  const layer: LayerConfig = { className: 'dense', units, activation, useBias: bias !== undefined };
  const weights = [
    { shape: [inputs, units], data: transposed(floatsOf(`${argument}: ${name}.weight`, weight!), units, inputs) },
  ];
  if (bias) weights.push({ shape: [units], data: floatsOf(`${argument}: ${name}.bias`, bias) });
  return { layer, weights };
}

function normalization(argument: string, { name, tensors, kind, units }: Module): DescribedLayer {
  const { weight, bias, running_mean: mean, running_var: variance } = tensors;
  const own = { epsilon: EPSILON, scale: weight !== undefined, center: bias !== undefined };
  const layer: LayerConfig =
    kind === 'LayerNorm'
      ? { className: 'layerNormalization', ...own }
      : { className: 'batchNormalization', ...own, momentum: MOMENTUM };
  const parts = [weight, bias, mean, variance].filter((part) => part !== undefined);
  return { layer, weights: parts.map((part) => ({ shape: [units], data: floatsOf(`${argument}: ${name}`, part) })) };
}

/** A rows × columns matrix as a columns × rows one. */
export function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let row = 0; row < rows; ++row) {
    for (let column = 0; column < columns; ++column) result[column * rows + row] = matrix[row * columns + column]!;
  }
  return result;
}
