#!/usr/bin/python3
"""Writes hessians.json: the whole Hessian of the loss of small networks, and its largest eigenvalue, in float64.

    python3 tests/golden/make_hessians.py

The same bytes every time. README.md describes the format.
"""

import json
import os
import random
import sys
from pathlib import Path

os.environ.setdefault('ATEN_CPU_CAPABILITY', 'default')  # the same kernels whatever the processor
sys.dont_write_bytecode = True  # no __pycache__ beside the sources

import torch

from catalogue import ACTIVATIONS, LOSSES, exact

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

SEED = 23
EPSILON = 1e-3  # of the normalising layers


def dense(units, activation='linear', **options):
    return {'className': 'dense', 'units': units, 'activation': activation, **options}


def l1l2(l1, l2):
    return {'name': 'l1l2', 'l1': l1, 'l2': l2}


CASES = [
    ('softmax and cross-entropy', 3, [dense(4, 'tanh'), dense(3, 'softmax')], {'name': 'categoricalCrossentropy'}),
    ('tanh and squared error', 2, [dense(4, 'tanh'), dense(3, 'tanh'), dense(1)], {'name': 'meanSquaredError'}),
    ('batch normalisation', 2, [dense(4, 'sigmoid'), {'className': 'batchNormalization'},
                                {'className': 'activation', 'activation': 'silu'}, dense(2, 'softmax')],
     {'name': 'sparseCategoricalCrossentropy'}),
    ('layer normalisation', 2, [dense(4, 'softsign'), {'className': 'layerNormalization'}, dense(2, 'geluTanh')],
     {'name': 'meanSquaredError'}),
    ('penalties', 3,
     [dense(4, 'gelu', kernelRegularizer=l1l2(0.125, 0.0625), biasRegularizer=l1l2(0, 0.25),
            activityRegularizer=l1l2(0, 0.03125)),
      dense(2, 'sigmoid', kernelRegularizer=l1l2(0, 0.125), activityRegularizer=l1l2(0.0625, 0.5))],
     {'name': 'binaryCrossentropy'}),
    ('logits', 3, [dense(4, 'softplus'), dense(3)],
     {'name': 'categoricalCrossentropy', 'fromLogits': True, 'labelSmoothing': 0.0625}),
    ('softmax within', 2, [dense(4, 'softmax', useBias=False), dense(3, 'logSoftmax')], {'name': 'logCosh'}),
    ('normalised inputs', 3, [{'className': 'normalization'}, dense(4, 'elu'), dense(2, 'softplus')],
     {'name': 'poisson'}),
]


def draw(rng, count, low, high):
    return [exact(rng.uniform(low, high)) for _ in range(count)]


def draw_weights(rng, layer, inputs):
    """(data, shape, trainable) of each, in the order of getWeights()."""
    kind = layer['className']
    if kind == 'dense':
        units = layer['units']
        weights = [(draw(rng, inputs * units, -1.25, 1.25), [inputs, units], True)]
        return weights + [(draw(rng, units, -0.5, 0.5), [units], True)] * layer.get('useBias', True)
    affine = [(draw(rng, inputs, 0.5, 1.5), [inputs], True), (draw(rng, inputs, -0.5, 0.5), [inputs], True)]
    statistics = [(draw(rng, inputs, -0.5, 0.5), [inputs], False), (draw(rng, inputs, 0.25, 2), [inputs], False)]
    return {'batchNormalization': affine + statistics, 'layerNormalization': affine,
            'normalization': statistics}.get(kind, [])


def penalty(values, regularizer):
    return regularizer['l1'] * values.abs().sum() + regularizer['l2'] * (values ** 2).sum()


def loss_of(layers, loss, x, y, weights):
    """The mean loss and the penalties; `weights`: of each layer, as tensors."""
    a, penalties = x, 0
    for layer, own in zip(layers, weights):
        kind = layer['className']
        if kind == 'dense':
            a = a @ own[0]
            if len(own) > 1:
                a = a + own[1]
            for values, name in zip(own, ('kernelRegularizer', 'biasRegularizer')):
                if name in layer:
                    penalties = penalties + penalty(values, layer[name])
        elif kind == 'batchNormalization':
            gamma, beta, mean, variance = own
            a = gamma * (a - mean) / torch.sqrt(variance + EPSILON) + beta
        elif kind == 'layerNormalization':
            a = torch.nn.functional.layer_norm(a, a.shape[1:], own[0], own[1], EPSILON)
        elif kind == 'normalization':
            a = (a - own[0]) / torch.sqrt(own[1])
        if 'activation' in layer:
            a = ACTIVATIONS[layer['activation']].forward(a)
        if 'activityRegularizer' in layer:
            penalties = penalties + penalty(a, layer['activityRegularizer']) / len(x)
    entry = LOSSES[loss['name']]
    if loss.get('fromLogits'):
        a = entry.links[layers[-1]['activation']](a)
    return entry.value(a, y, **{k: v for k, v in loss.items() if k != 'name'}).mean() + penalties


def make_case(rng, name, features, layers, loss):
    rows = 6
    weights, inputs = [], features
    for layer in layers:
        weights.append(draw_weights(rng, layer, inputs))
        inputs = layer.get('units', inputs)
    x = [[exact(rng.gauss(0, 1)) for _ in range(features)] for _ in range(rows)]
    y = LOSSES[loss['name']].targets(rng, rows, inputs)

    def evaluate(flat):
        tensors, at = [], 0
        for layer in weights:
            own = []
            for data, shape, trainable in layer:
                values = torch.tensor(data)
                if trainable:
                    values = flat[at:at + len(data)]
                    at += len(data)
                own.append(values.view(shape))
            tensors.append(own)
        return loss_of(layers, loss, torch.tensor(x), torch.tensor(y), tensors)

    start = torch.tensor([v for layer in weights for data, _, trainable in layer if trainable for v in data])
    hessian = torch.autograd.functional.hessian(evaluate, start)
    assert (hessian - hessian.T).abs().max() < 1e-12 * hessian.abs().max()
    eigenvalues = torch.linalg.eigvalsh(hessian)
    assert eigenvalues[-1] > 0.1
    return {
        'name': name,
        'features': features,
        'layers': layers,
        'loss': loss,
        'x': x,
        'y': y,
        'weights': [data for layer in weights for data, _, _ in layer],
        'hessian': [float(f'{hessian[i, j]:.12g}') for i in range(len(start)) for j in range(i + 1)],
        'lambdaMax': eigenvalues[-1].item(),
    }


def main():
    rng = random.Random(SEED)
    cases = [make_case(rng, *case) for case in CASES]
    lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    Path(__file__).with_name('hessians.json').write_text(f'[\n{lines}\n]\n')


if __name__ == '__main__':
    main()
