#!/usr/bin/python3
"""Writes explain.json: what features have to do with outputs, according to PyTorch's autograd in float64.

    python3 tests/golden/make_explain.py

Integrated gradients are means over 20,000 midpoints, far more than the 50 nodes that are held against them.
"""

import json
import random
from pathlib import Path

import torch

SEED = 31
MIDPOINTS = 20_000

# name, hidden activations, output activation, units of the output
NETWORKS = [
    ('softmax over tanh', ['tanh', 'tanh'], 'softmax', 4),
    ('sigmoid over silu', ['silu'], 'sigmoid', 3),
    ('one linear output over gelu', ['gelu', 'softplus'], 'linear', 1),
    ('softmax over relu', ['relu', 'relu'], 'softmax', 3),
]
FUNCTIONS = {
    'tanh': torch.tanh,
    'silu': torch.nn.functional.silu,
    'gelu': torch.nn.functional.gelu,
    'softplus': torch.nn.functional.softplus,
    'relu': torch.relu,
    'sigmoid': torch.sigmoid,
    'linear': lambda z: z,
    'softmax': lambda z: torch.softmax(z, 1),
}
FEATURES, ROWS, HIDDEN = 5, 3, 6


def main():
    torch.set_default_dtype(torch.float64)
    rng = random.Random(SEED)

    # Multiples of 1/64: exact in float32.
    def numbers(*shape):
        count = torch.Size(shape).numel()
        return torch.tensor([round(rng.gauss(0, 1) * 64) / 64 for _ in range(count)]).view(shape)

    cases = []
    for name, hidden, output, units in NETWORKS:
        activations = [*hidden, output]
        widths = [FEATURES, *(HIDDEN for _ in hidden), units]
        kernels = [numbers(a, b) * 0.5 for a, b in zip(widths, widths[1:])]
        biases = [numbers(b) * 0.5 for b in widths[1:]]
        x, baseline = numbers(ROWS, FEATURES), numbers(FEATURES)

        def value(rows, unit, logits):
            for i, (kernel, bias, activation) in enumerate(zip(kernels, biases, activations)):
                z = rows @ kernel + bias
                rows = z if logits and i == len(kernels) - 1 else FUNCTIONS[activation](z)
            return rows[:, unit]

        def gradient(rows, unit, logits):
            rows = rows.clone().requires_grad_()
            return torch.autograd.grad(value(rows, unit, logits).sum(), rows)[0]

        alphas = ((torch.arange(MIDPOINTS) + 0.5) / MIDPOINTS)[:, None]
        explained = []
        for logits in (False, True):
            for unit in range(units):
                integrated = [
                    way * gradient(baseline + alphas * way, unit, logits).mean(0) for way in x - baseline
                ]
                explained.append({
                    'unit': unit,
                    'logits': logits,
                    'outputs': value(x, unit, logits).tolist(),
                    'baselineOutput': value(baseline[None], unit, logits).item(),
                    'gradientTimesInput': (x * gradient(x, unit, logits)).flatten().tolist(),
                    'integratedGradients': torch.stack(integrated).flatten().tolist(),
                })
        cases.append({
            'name': name,
            'features': FEATURES,
            'layers': [{'units': n, 'activation': a} for n, a in zip(widths[1:], activations)],
            'weights': [w.flatten().tolist() for pair in zip(kernels, biases) for w in pair],
            'x': x.flatten().tolist(),
            'baseline': baseline.tolist(),
            'explained': explained,
        })
    lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    Path(__file__).with_name('explain.json').write_text(f'[\n{lines}\n]\n')


if __name__ == '__main__':
    main()
