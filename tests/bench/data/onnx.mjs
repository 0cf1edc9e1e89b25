/** W1's trained network as an ONNX file, for the peer that only predicts. */
import protobuf from 'protobufjs';
import { splitWeights } from '../works/index.mjs';

// The part of onnx.proto3 (https://github.com/onnx/onnx) that a multilayer perceptron needs.
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Attribute { string name = 1; int64 i = 3; int32 type = 20; }
  message Node {
    repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated Attribute attribute = 5;
  }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  message Shape { repeated Dimension dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Tensor initializer = 5;
    repeated ValueInfo input = 11; repeated ValueInfo output = 12;
  }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Model {
    int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8;
  }
`,
  { keepCase: true },
);
const Model = root.lookupType('Model');

const FLOAT = 1;
const INT_ATTRIBUTE = 2;

/** @returns {Uint8Array} a model with input `x` and output `y`, any number of rows. */
export function onnxModel(work, weights) {
  const { sizes, hidden, output } = work;
  const node = [];
  const initializer = [];
  splitWeights(work, weights).forEach(({ shape, data }, i) => {
    initializer.push({ name: `${i % 2 ? 'b' : 'W'}${i >> 1}`, dims: shape, data_type: FLOAT, raw_data: bytesOf(data) });
  });
  const layers = sizes.length - 1;
  for (let layer = 0; layer < layers; ++layer) {
    const last = layer + 1 === layers;
    node.push({
      op_type: 'Gemm',
      name: `gemm${layer}`,
      input: [layer ? `a${layer}` : 'x', `W${layer}`, `b${layer}`],
      output: [`z${layer}`],
    });
    node.push({
      op_type: { relu: 'Relu', softmax: 'Softmax' }[last ? output : hidden],
      name: `activation${layer}`,
      input: [`z${layer}`],
      output: [last ? 'y' : `a${layer + 1}`],
      attribute: last ? [{ name: 'axis', i: 1, type: INT_ATTRIBUTE }] : [],
    });
  }
  const matrix = (name, columns) => ({
    name,
    type: { tensor_type: { elem_type: FLOAT, shape: { dim: [{ dim_param: 'rows' }, { dim_value: columns }] } } },
  });
  const graph = { name: 'mlp', node, initializer, input: [matrix('x', sizes[0])], output: [matrix('y', sizes.at(-1))] };
  const model = { ir_version: 8, producer_name: 'mlp-wasm-bench', opset_import: [{ domain: '', version: 13 }], graph };
  return Model.encode(Model.fromObject(model)).finish();
}

const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
