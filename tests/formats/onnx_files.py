"""Writes the ONNX files of tests/formats/corpus: python3 tests/formats/onnx_files.py (Debian's python3-torch and -onnx).

torch-*.onnx are written by PyTorch's own exporter, and have the outputs that PyTorch computes in double precision. skl2onnx
is not in Debian: skl-*.onnx are laid out with python3-onnx as skl2onnx 1.18 lays scikit-learn's networks out, node by node,
and have scikit-learn's outputs. made-*.onnx are laid out by hand, for what neither of the two writes.
"""
import io
import json
import os

import numpy as np
import onnx
import sklearn.neural_network as sn
import sklearn.preprocessing as sp
import torch
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_diabetes, load_iris
from torch import nn

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def path(name):
    return os.path.join(CORPUS, name)


def expect(name, inputs, outputs, **more):
    with open(path(name + ".expected.json"), "w") as file:
        json.dump({**more, "inputs": np.asarray(inputs).tolist(), "outputs": np.asarray(outputs).tolist()}, file)
        file.write("\n")


def refuse(name, words):
    with open(path(name + ".expected.json"), "w") as file:
        json.dump({"refused": words}, file)
        file.write("\n")


# ---- PyTorch


def export(name, model, shape, opset=13, dynamic=True, training=None, **more):
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randn(3, *shape, generator=generator).float()
    model.eval()
    kept = io.BytesIO()
    options = {"dynamic_axes": {"x": {0: "batch"}}} if dynamic else {}
    torch.onnx.export(
        model, inputs if dynamic else inputs[:1], kept, opset_version=opset, input_names=["x"],
        do_constant_folding=more.pop("fold", True), training=training or torch.onnx.TrainingMode.EVAL, **options,
    )
    with open(path(name), "wb") as file:
        file.write(kept.getvalue())
    outputs = model.double()(inputs.double()).detach()
    model.float()
    expect(name, inputs.flatten(1), outputs.flatten(1), **more)


def stir(model):
    """Statistics and scales that are not those of a new model."""
    for tensor in model.state_dict().values():
        if tensor.dtype.is_floating_point and tensor.dim() == 1:
            tensor += torch.rand(tensor.shape) * 0.5
    return model


class Silu(nn.Module):
    """Scaled inputs, a view by the batch's size, and a matrix product without a layer."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(12, 5)
        self.weight = nn.Parameter(torch.randn(5, 4))

    def forward(self, x):
        x = (x - torch.linspace(-1, 1, 12).to(x).view(1, 3, 4)) / 2.5
        x = x.view(x.size(0), -1)
        return torch.log_softmax(nn.functional.silu(self.first(x)) @ self.weight, dim=-1)


def write_torch():
    torch.manual_seed(1)
    activations = {
        "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "leaky": nn.LeakyReLU(0.2), "elu": nn.ELU(0.7), "selu": nn.SELU(),
        "gelu": nn.GELU(), "gelu-tanh": nn.GELU(approximate="tanh"), "silu": nn.SiLU(), "softplus": nn.Softplus(),
        "softsign": nn.Softsign(), "hardsigmoid": nn.Hardsigmoid(), "prelu": nn.PReLU(), "celu": nn.CELU(),
    }  # fmt: skip
    for number, (name, activation) in enumerate(activations.items()):
        model = nn.Sequential(nn.Linear(3, 4), activation, nn.Linear(4, 2), nn.Softmax(dim=1))
        opset = 14 if name in ("hardsigmoid", "celu") else [13, 9, 11, 14, 16][number % 5]
        export(f"torch-{name}.onnx", model, [3], opset)
    norms = nn.Sequential(
        nn.Flatten(), nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.3), nn.Linear(5, 4, bias=False),
        nn.LayerNorm(4), nn.GELU(), nn.Linear(4, 3),
    )  # fmt: skip
    for opset in (9, 13, 16):
        export(f"torch-norms-{opset}.onnx", stir(norms), [2, 3], opset)
    preserved = torch.onnx.TrainingMode.PRESERVE
    export("torch-unfolded.onnx", stir(norms), [2, 3], 13, fold=False, training=preserved)
    export("torch-fixed.onnx", norms, [1, 6], 12, dynamic=False)
    export("torch-view.onnx", Silu(), [3, 4], 13)
    export("torch-no-affine.onnx", nn.Sequential(nn.LayerNorm(4, elementwise_affine=False), nn.Linear(4, 2)), [4])

    for name, model, shape, words in [
        ("relu6", nn.Sequential(nn.Linear(3, 2), nn.ReLU6()), [3], "got Clip"),
        ("mish", nn.Sequential(nn.Linear(3, 2), nn.Mish()), [3], "expected activations of mlp-wasm"),
        ("conv", nn.Sequential(nn.Conv1d(1, 2, 2), nn.Flatten(), nn.Linear(4, 1)), [1, 3], "got Conv"),
    ]:
        export(f"torch-{name}.onnx", model, shape, 14)
        refuse(f"torch-{name}.onnx", words)

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 2)

        def forward(self, x):
            return self.two(x + torch.tanh(self.one(x)))

    export("torch-residual.onnx", Residual(), [3])
    refuse("torch-residual.onnx", "expected a chain of layers, got Add")


# ---- scikit-learn, as skl2onnx lays it out


def typed(name, array, data_type=TensorProto.FLOAT):
    """A tensor whose numbers are fields, as skl2onnx writes them, not bytes."""
    array = np.asarray(array)
    return helper.make_tensor(name, data_type, array.shape, array.flatten().tolist())


def layers(network, value, initializers, nodes):
    """MatMul, Add and the activation, of each layer."""
    operator = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid", "identity": "Identity", "softmax": "Softmax"}
    count = len(network.coefs_)
    for i, (kernel, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
        suffix = str(i) if i else ""
        initializers += [typed("coefficient" + suffix, kernel), typed("intercepts" + suffix, bias.reshape(1, -1))]
        nodes.append(helper.make_node("MatMul", [value, "coefficient" + suffix], ["mul_result" + suffix]))
        nodes.append(helper.make_node("Add", ["mul_result" + suffix, "intercepts" + suffix], ["add_result" + suffix]))
        activation = network.activation if i < count - 1 else network.out_activation_
        value = "next_activations" + suffix if i < count - 1 else "out_activations_result"
        nodes.append(helper.make_node(operator[activation], ["add_result" + suffix], [value]))
    return value


def save(name, nodes, initializers, outputs, features, opset=14, data_type=TensorProto.FLOAT, check=True, **more):
    x = helper.make_tensor_value_info("X", data_type, [None, features])
    graph = helper.make_graph(nodes, "graph", [x], outputs, initializers)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 1)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name=more.get("producer", "skl2onnx"), ir_version=7)
    if check:
        onnx.checker.check_model(model)
    with open(path(name), "wb") as file:
        file.write(model.SerializeToString())


def tail(classes, nodes, initializers):
    """From the outputs to the label and the map of probabilities."""
    texts = isinstance(classes[0], str)
    kind = TensorProto.STRING if texts else TensorProto.INT32
    initializers.append(helper.make_tensor("classes", kind, [len(classes)], [c.encode() if texts else c for c in classes]))
    names = {"classlabels_strings" if texts else "classlabels_int64s": classes}
    value = "out_activations_result"
    if len(classes) == 2:
        initializers.append(typed("unity", 1.0))
        nodes.append(helper.make_node("Sub", ["unity", value], ["negative_class_proba"]))
        nodes.append(helper.make_node("Concat", ["negative_class_proba", value], ["probabilities"], axis=1))
        value = "probabilities"
    nodes.append(helper.make_node("ArgMax", [value], ["argmax_output"], axis=1))
    nodes.append(helper.make_node("ZipMap", [value], ["output_probability"], domain="ai.onnx.ml", **names))
    pair = ["classes", "argmax_output"]
    nodes.append(helper.make_node("ArrayFeatureExtractor", pair, ["extracted"], domain="ai.onnx.ml"))
    initializers.append(typed("shape_tensor", [-1], TensorProto.INT64))
    nodes.append(helper.make_node("Reshape", ["extracted", "shape_tensor"], ["output_label"]))
    label = helper.make_tensor_value_info("output_label", kind, [None])
    key = TensorProto.STRING if texts else TensorProto.INT64
    maps = onnx.ValueInfoProto(name="output_probability")
    of_maps = maps.type.sequence_type.elem_type.map_type
    of_maps.key_type = key
    of_maps.value_type.tensor_type.elem_type = TensorProto.FLOAT
    return [label, maps]


def scaler(kind, fitted, value):
    if kind == "Scaler":
        offset, scale = fitted.mean_, 1 / fitted.scale_
        more = {"domain": "ai.onnx.ml", "offset": offset.tolist(), "scale": scale.tolist()}
        return [helper.make_node("Scaler", [value], ["scaled"], **more)], []
    nodes = [helper.make_node("Sub", [value, "mean"], ["centred"]), helper.make_node("Div", ["centred", "std"], ["scaled"])]
    return nodes, [typed("mean", fitted.mean_), typed("std", fitted.scale_)]


def write_sklearn():
    iris = load_iris()
    for name, target, activation, scaling in [
        ("three", iris.target, "relu", None),
        ("names", np.array(iris.target_names)[iris.target], "tanh", "Scaler"),
        ("two", (iris.target > 0).astype(int), "logistic", "Sub"),
        ("yes-no", np.where(iris.target > 1, "yes", "no"), "relu", "Scaler"),
    ]:
        fitted = sp.StandardScaler().fit(iris.data)
        x = fitted.transform(iris.data) if scaling else iris.data
        network = sn.MLPClassifier([5], activation=activation, max_iter=150, random_state=2).fit(x, target)
        nodes, initializers = [helper.make_node("Cast", ["X"], ["cast_input"], to=TensorProto.FLOAT)], []
        value = "cast_input"
        if scaling:
            more_nodes, more = scaler(scaling, fitted, value)
            nodes, initializers, value = nodes + more_nodes, initializers + more, "scaled"
        layers(network, value, initializers, nodes)
        outputs = tail(network.classes_.tolist(), nodes, initializers)
        save(f"skl-{name}.onnx", nodes, initializers, outputs, 4 if scaling else None)
        rows = iris.data[::40].astype(np.float32).astype(float)
        expect(f"skl-{name}.onnx", rows, network.predict_proba(fitted.transform(rows) if scaling else rows))
    diabetes = load_diabetes()
    network = sn.MLPRegressor([6, 3], max_iter=80, random_state=1).fit(diabetes.data, diabetes.target)
    nodes, initializers = [helper.make_node("Cast", ["X"], ["cast_input"], to=TensorProto.FLOAT)], []
    layers(network, "cast_input", initializers, nodes)
    initializers.append(typed("shape_tensor", [-1, 1], TensorProto.INT64))
    nodes.append(helper.make_node("Reshape", ["out_activations_result", "shape_tensor"], ["variable"]))
    outputs = [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])]
    save("skl-regressor.onnx", nodes, initializers, outputs, 10, data_type=TensorProto.DOUBLE)
    rows = diabetes.data[::200].astype(np.float32).astype(float)
    expect("skl-regressor.onnx", rows, network.predict(rows).reshape(-1, 1))


# ---- by hand


def write_made():
    rng = np.random.default_rng(3)
    kernel, bias = rng.standard_normal((3, 4)), rng.standard_normal(4)
    rows = rng.standard_normal((3, 3)).astype(np.float32).astype(float)
    y = [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, 4])]
    gemm = [helper.make_node("Gemm", ["X", "kernel", "bias"], ["Y"])]
    made = {"producer": "by hand"}

    for name, data_type, as_numbers in [
        ("double", TensorProto.DOUBLE, np.float64),
        ("half", TensorProto.FLOAT16, np.float16),
    ]:
        weights = [numpy_helper.from_array(v.astype(as_numbers), n) for n, v in [("kernel", kernel), ("bias", bias)]]
        nodes = [helper.make_node("Cast", ["X"], ["cast"], to=data_type)]
        nodes.append(helper.make_node("Gemm", ["cast", "kernel", "bias"], ["wide"]))
        nodes.append(helper.make_node("Cast", ["wide"], ["Y"], to=TensorProto.FLOAT))
        save(f"made-{name}.onnx", nodes, weights, y, 3, **made)
        exact = kernel.astype(as_numbers).astype(float), bias.astype(as_numbers).astype(float)
        expect(f"made-{name}.onnx", rows, rows @ exact[0] + exact[1])

    # bfloat16 as fields: the upper half of a float; halves as fields too.
    upper = [(v.astype(np.float32).view(np.uint32) >> 16).astype(np.uint32) for v in (kernel, bias)]
    weights = []
    for name, bits in zip(["kernel", "bias"], upper):
        tensor = TensorProto(name=name, data_type=TensorProto.BFLOAT16, dims=bits.shape)
        tensor.int32_data.extend(bits.flatten().tolist())
        weights.append(tensor)
    nodes = [helper.make_node("Cast", ["X"], ["cast"], to=TensorProto.BFLOAT16)]
    nodes.append(helper.make_node("Gemm", ["cast", "kernel", "bias"], ["wide"]))
    nodes.append(helper.make_node("Cast", ["wide"], ["Y"], to=TensorProto.FLOAT))
    save("made-bfloat16.onnx", nodes, weights, y, 3, **made)
    exact = [(bits << 16).astype(np.uint32).view(np.float32).astype(float) for bits in upper]
    expect("made-bfloat16.onnx", rows, rows @ exact[0] + exact[1])

    # Gemm with all of its attributes, and a bias that is one number.
    nodes = [helper.make_node("Gemm", ["X", "turned", "one"], ["Y"], transB=1, alpha=0.5, beta=-2.0)]
    weights = [typed("one", [0.75]), typed("turned", kernel.T)]
    save("made-gemm.onnx", nodes, weights, y, 3, opset=7, **made)
    expect("made-gemm.onnx", rows, 0.5 * rows @ kernel.astype(np.float32) - 1.5)

    # As PyTorch's newer exporter writes a linear layer, with the numbers in a file beside the model.
    nodes = [helper.make_node("Transpose", ["fc.weight"], ["turned"], perm=[1, 0])]
    nodes.append(helper.make_node("MatMul", ["X", "turned"], ["product"]))
    nodes.append(helper.make_node("Add", ["product", "fc.bias"], ["Y"]))
    weights = [numpy_helper.from_array(v.astype(np.float32), n) for n, v in [("fc.weight", kernel.T.copy()), ("fc.bias", bias)]]
    x = [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["batch", 3])]
    graph = helper.make_graph(nodes, "main_graph", x, y, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="pytorch", ir_version=8)
    location = "made-external.onnx.data"
    if os.path.exists(path(location)):
        os.remove(path(location))
    onnx.save_model(model, path("made-external.onnx"), save_as_external_data=True, location=location, size_threshold=0)
    exact = kernel.astype(np.float32), bias.astype(np.float32)
    expect("made-external.onnx", rows, rows @ exact[0].astype(float) + exact[1].astype(float), beside=[location])

    # What outputs are measured in, taken back after the last layer; inputs by their smallest and largest number.
    nodes = [
        helper.make_node("Constant", [], ["least"], value=typed("", [[-1.0, -2.0, -3.0]])),
        helper.make_node("Sub", ["X", "least"], ["above"]),
        helper.make_node("Mul", ["above", "factor"], ["scaled"]),
        helper.make_node("Gemm", ["scaled", "kernel", "bias"], ["z"]),
        helper.make_node("Mul", ["z", "units"], ["stretched"]),
        helper.make_node("Add", ["stretched", "zero"], ["Y"]),
    ]
    factor, units, zero = np.float32([0.5, -0.25, 0.125]), np.float32([10, 20, 30, 40]), np.float32([1, 2, 3, 4])
    weights = [typed(n, v) for n, v in [("factor", factor), ("kernel", kernel), ("bias", bias), ("units", units), ("zero", zero)]]
    save("made-scales.onnx", nodes, weights, y, 3, **made)
    hidden = ((rows + [1, 2, 3]) * factor) @ exact[0].astype(float) + exact[1]
    expect("made-scales.onnx", rows, hidden * units + zero)

    save("made-rows.onnx", [helper.make_node("Add", ["X", "kernel"], ["Y"])], [typed("kernel", np.ones((2, 4)))], y, 4, **made)
    refuse("made-rows.onnx", "expected a constant for samples of [4], got one of [2, 4]")

    # Labels by a table of their own.
    keys, values = [2, 0, 1, 3], ["two", "zero", "one", "three"]
    nodes = [
        helper.make_node("Gemm", ["X", "kernel", "bias"], ["z"]),
        helper.make_node("Softmax", ["z"], ["Y"], axis=1),
        helper.make_node("ArgMax", ["Y"], ["place"], axis=1, keepdims=0),
        helper.make_node("LabelEncoder", ["place"], ["label"], domain="ai.onnx.ml", keys_int64s=keys, values_strings=values),
    ]
    label = helper.make_tensor_value_info("label", TensorProto.STRING, [None])
    save("made-labels.onnx", nodes, [typed("kernel", kernel), typed("bias", bias)], [label, *y], 3, check=False, **made)
    powers = np.exp(rows @ exact[0].astype(float) + exact[1])
    expect("made-labels.onnx", rows, powers / powers.sum(axis=1, keepdims=True))

    # Files that are broken, in ways that a careless reader would take for much memory or go around in.
    made["check"] = False
    nodes = [helper.make_node("Add", ["X", "Z"], ["Y"]), helper.make_node("Relu", ["Y"], ["Z"])]
    save("made-circle.onnx", nodes, [], y, 4, **made)
    refuse("made-circle.onnx", "Add: expected values of nodes before it, got 'Z'")
    for name, dims, words in [
        ("more", [300, 400], "expected 120000 elements, as its sizes [300, 400] have it, got 12"),
        ("huge", [2**40, 2**40], "expected sizes that can be, got [1099511627776, 1099511627776]"),
        ("negative", [-3, -4], "expected sizes that can be, got [-3, -4]"),
    ]:
        weights = [typed("kernel", kernel), typed("bias", bias)]
        weights[0].ClearField("dims")
        weights[0].dims.extend(dims)
        save(f"made-{name}.onnx", gemm, weights, y, 3, **made)
        refuse(f"made-{name}.onnx", words)
    doubling = [helper.make_node("Concat", [f"c{i}", f"c{i}"], [f"c{i + 1}"], axis=0) for i in range(60)]
    nodes = [*doubling, helper.make_node("Add", ["X", "c60"], ["Y"])]
    save("made-doubling.onnx", nodes, [typed("c0", [1.0, 2.0])], y, 4, **made)
    refuse("made-doubling.onnx", "expected constants and weights of about the size of the file, got far more")
    # Of an Erf of what is no number, here the root of numbers below zero, a sum of terms would never end.
    nodes = [helper.make_node("Sqrt", ["X"], ["root"]), helper.make_node("Erf", ["root"], ["Y"])]
    save("made-erf.onnx", nodes, [], y, 4, **made)
    refuse("made-erf.onnx", "expected activations of mlp-wasm, or operators that are one together, got Erf")
    save("made-old.onnx", gemm, [typed("kernel", kernel), typed("bias", bias)], y, 3, opset=6, **made)
    refuse("made-old.onnx", "expected operators of version 7 or newer, got 6")


write_torch()
write_sklearn()
write_made()
