"""Writes PyTorch's files of tests/formats/corpus: python3 tests/formats/pytorch.py (Debian's python3-torch).

Each file has a .expected.json beside it: its options for loadAny, inputs, and the outputs that PyTorch computes in double
precision. Files that must be refused have the words of the refusal there instead.
"""
import collections
import json
import os
import struct

import torch
from torch import nn

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def expect(name, model, features, options=None):
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randn(3, features, generator=generator).float()
    model.eval()
    outputs = model.double()(inputs.double())
    model.float()
    write(name, {"options": options or {}, "inputs": inputs.tolist(), "outputs": outputs.tolist()})


def refuse(name, words):
    write(name, {"refused": words})


def write(name, expected):
    with open(os.path.join(CORPUS, name + ".expected.json"), "w") as file:
        json.dump(expected, file)
        file.write("\n")


def path(name):
    return os.path.join(CORPUS, name)


def stir(model):
    """Statistics and scales that are not those of a new model."""
    for tensor in model.state_dict().values():
        if tensor.dtype.is_floating_point and tensor.dim() == 1:
            tensor += torch.rand(tensor.shape) * 0.5
    return model


torch.manual_seed(1)

plain = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3))
torch.save(plain.state_dict(), path("torch-sequential.pt"))
expect("torch-sequential.pt", plain, 4)

torch.save(plain.state_dict(), path("torch-old.pth"), _use_new_zipfile_serialization=False)
expect("torch-old.pth", plain, 4)

torch.save({"epoch": 3, "model_state_dict": plain.state_dict(), "loss": 0.5}, path("torch-checkpoint.pt"))
expect("torch-checkpoint.pt", plain, 4)

torch.save({"module." + key: value for key, value in plain.state_dict().items()}, path("torch-parallel.pt"))
expect("torch-parallel.pt", plain, 4)

norms = stir(nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.Tanh(), nn.Dropout(0.3), nn.Linear(7, 2)))
torch.save(norms.state_dict(), path("torch-batchnorm-before.pt"))
expect("torch-batchnorm-before.pt", norms, 5, {"activations": ["tanh", "linear"]})

after = stir(nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.BatchNorm1d(7), nn.Linear(7, 2), nn.Sigmoid()))
torch.save(after.state_dict(), path("torch-batchnorm-after.pt"))
expect("torch-batchnorm-after.pt", after, 5, {"activations": ["tanh", "sigmoid"]})

layer = stir(nn.Sequential(nn.LayerNorm(5), nn.Linear(5, 6), nn.LayerNorm(6), nn.GELU(), nn.Linear(6, 1)))
torch.save(layer.state_dict(), path("torch-layernorm.pt"))
expect("torch-layernorm.pt", layer, 5, {"activations": "gelu"})

bare = stir(
    nn.Sequential(nn.BatchNorm1d(3, affine=False), nn.Linear(3, 4, bias=False), nn.SiLU(), nn.Linear(4, 2, bias=False))
)
torch.save(bare.state_dict(), path("torch-no-bias.pt"))
expect("torch-no-bias.pt", bare, 3, {"activations": ["silu", "linear"]})

for kind, dtype in [("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)]:
    other = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2)).to(dtype)
    torch.save(other.state_dict(), path(f"torch-{kind}.pt"))
    expect(f"torch-{kind}.pt", other, 3)

views = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
whole = torch.randn(10, 8)
with torch.no_grad():
    views[0].weight = nn.Parameter(whole[:4, ::2].t())  # a view with strides, of a storage with more in it
    views[2].weight = nn.Parameter(whole[4:8, 1::2])
torch.save(collections.OrderedDict((k, v.detach()) for k, v in views.state_dict().items()), path("torch-strides.pt"))
expect("torch-strides.pt", views, 4)


def save_safetensors(state, name):
    """As the library safetensors lays it out: names in their order, eight bytes aligned by spaces."""
    kinds = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.float64: "F64"}
    header, parts, end = {}, [], 0
    for key in sorted(state):
        tensor = state[key].contiguous()
        raw = tensor.view(torch.int16).numpy() if tensor.dtype == torch.bfloat16 else tensor.numpy()
        data = raw.tobytes()
        header[key] = {
            "dtype": kinds[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [end, end + len(data)],
        }
        parts.append(data)
        end += len(data)
    header["__metadata__"] = {"format": "pt"}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path(name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


modules = [module for _ in range(6) for module in (nn.Linear(3, 3), nn.ReLU())]
deep = nn.Sequential(*modules, nn.Linear(3, 2))  # numbers of two digits, which sort before those of one
save_safetensors(deep.state_dict(), "torch-deep.safetensors")
expect("torch-deep.safetensors", deep, 3)
save_safetensors(norms.state_dict(), "torch-counters.safetensors")  # with num_batches_tracked, an I64
expect("torch-counters.safetensors", norms, 5, {"activations": ["tanh", "linear"]})
short = nn.Sequential(nn.Linear(3, 2)).to(torch.bfloat16)
save_safetensors(short.state_dict(), "torch-bfloat16.safetensors")
expect("torch-bfloat16.safetensors", short, 3)

torch.save(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 2)).state_dict(), path("torch-conv.pt"))
refuse("torch-conv.pt", "a convolution")
torch.save(plain, path("torch-whole-model.pt"))
refuse("torch-whole-model.pt", "torch.nn.modules.container.Sequential, which would run code: save model.state_dict() instead")
torch.save(nn.LSTM(3, 4).state_dict(), path("torch-lstm.pt"))
refuse("torch-lstm.pt", "got weight_ih_l0")
torch.save({"a.weight": torch.zeros(3, 2), "b.weight": torch.zeros(4, 2)}, path("torch-branches.pt"))
refuse("torch-branches.pt", "branches, embeddings and skip connections are not read")
torch.save([1, 2], path("torch-list.pt"))
refuse("torch-list.pt", "a dictionary of tensors")
