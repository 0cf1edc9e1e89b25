"""A multilayer perceptron that mlp-wasm wrote, for PyTorch 1.12 and later.

    python model.py                  checks that the network answers as it did in mlp-wasm

    from model import load
    model = load("model.safetensors")
"""

import json
import os
import struct
from collections import OrderedDict

import torch
from torch import nn


class Normalization(nn.Module):
    """(x - mean) / sqrt(variance), with statistics of the training data."""

    def __init__(self, features):
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("variance", torch.ones(features))

    def forward(self, x):
        deviation = self.variance.sqrt()
        return (x - self.mean) / torch.where(deviation == 0, torch.ones_like(deviation), deviation)


class GaussianNoise(nn.Module):
    """Adds noise of this standard deviation while the network is trained."""

    def __init__(self, stddev):
        super().__init__()
        self.stddev = stddev

    def forward(self, x):
        return x + self.stddev * torch.randn_like(x) if self.training else x


class Exponential(nn.Module):
    """e^x, up to the largest that 32 bits hold."""

    def forward(self, x):
        return torch.exp(torch.clamp(x, max=88))


def build():
    """The network, with weights that are yet to be loaded or trained."""
    return nn.Sequential(
        OrderedDict(
            [
                # LAYERS
            ]
        )
    )


def read_safetensors(path):
    """The tensors of a file by name, and its metadata."""
    kinds = {"F32": torch.float32, "F64": torch.float64, "I32": torch.int32, "I64": torch.int64}
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, info in header.items():
        begin, end = (8 + length + offset for offset in info["data_offsets"])
        kind = kinds[info["dtype"]]
        values = torch.frombuffer(bytearray(data[begin:end]), dtype=kind) if end > begin else torch.empty(0, dtype=kind)
        tensors[name] = values.reshape(info["shape"])
    return tensors, metadata


def load(path="model.safetensors"):
    """The network with its weights, ready to predict."""
    model = build()
    tensors, _ = read_safetensors(path)
    # Counts of batches are not in the file, because PyTorch alone has them.
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"{path}: expected the weights of this network, got none of {missing} but {unexpected}")
    return model.eval()


def check(path="model.safetensors"):
    """The largest difference from the outputs that mlp-wasm had for the examples in the file, of those above 1 relative."""
    model = load(path)
    examples = json.loads(read_safetensors(path)[1]["examples"])
    expected = torch.tensor(examples["outputs"])
    with torch.no_grad():
        outputs = model(torch.tensor(examples["inputs"]))
    return float(((outputs - expected).abs() / expected.abs().clamp(min=1)).max())


if __name__ == "__main__":
    difference = check(os.path.join(os.path.dirname(os.path.abspath(__file__)), "model.safetensors"))
    print(f"largest difference from mlp-wasm: {difference:.1e}")
    if not difference < 1e-4:
        raise SystemExit("the network does not answer as it did in mlp-wasm")
