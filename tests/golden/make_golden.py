#!/usr/bin/python3
"""Writes golden.json: forward passes, losses, gradients and trained weights from PyTorch autograd in float64.

    python3 tests/golden/make_golden.py

The same bytes every time. README.md describes the format; the tables of catalogue.py decide what is in it. Inputs, targets
and weights that golden.json has already stay as they are, as long as they are fair; what is new draws from a generator
of its own.
"""

import itertools
import json
import math
import os
import random
import sys
from pathlib import Path
from typing import NamedTuple, Optional, Sequence

os.environ.setdefault('ATEN_CPU_CAPABILITY', 'default')  # the same kernels whatever the processor
sys.dont_write_bytecode = True  # no __pycache__ beside the sources

import torch

from catalogue import ACTIVATIONS, LOSSES, OPTIMIZERS, exact

torch.set_num_threads(1)

SEED = 20
STEPS = 10
SHAPES, ATTEMPTS = 10, 200  # tried for a case, and sets of numbers tried for each shape

# What makes numbers fair to compare with float32: they keep away from kinks, no gradient is tiny without being zero,
# training does not diverge, and PyTorch in float32 finds the same to a third of what the tests allow.
KINK_MARGIN = 1e-3
KINK_MARGIN_WHILE_TRAINING = 1e-4
SMALLEST_GRADIENT = 1e-5
FLOAT32_BOUND = 3e-6  # relative to the entry, or to this share of the largest entry of its tensor if that is more:
FLOAT32_SHARE = 0.1


class Unfair(Exception):
    """Numbers that a comparison in float32 would not be fair on; others must be drawn."""


# --- One case, evaluated -------------------------------------------------------------------------------------


def parameters(case):
    return [torch.tensor(w['data']).view(w['shape']).requires_grad_() for w in case['weights']]


def forward(case, params):
    """Z and A of every layer."""
    trace, a, rest = [], torch.tensor(case['x']), iter(params)
    for layer in case['layers']:
        z = a @ next(rest)
        if layer['useBias']:
            z = z + next(rest)
        a = ACTIVATIONS[layer['activation']].forward(z, **{k: layer[k] for k in ('alpha',) if k in layer})
        trace.append((z, a))
    return trace


def evaluate(case, params, kink_margin):
    """The trace, the loss, and the loss by PyTorch's own function where it has one."""
    trace = forward(case, params)
    options = {k: v for k, v in case['loss'].items() if k != 'name'}
    loss = LOSSES[case['loss']['name']]
    y = torch.tensor(case['y'])
    p = trace[-1][1]
    link = loss.links.get(case['layers'][-1]['activation'])
    if link:
        p = link(p)
    distances = [loss.margin(p, y, **options).min()]
    for layer, (z, _) in zip(case['layers'], trace):
        distances += [(z - kink).abs().min() for kink in ACTIVATIONS[layer['activation']].kinks]
    if min(distances) < kink_margin:
        raise Unfair
    return trace, loss.value(p, y, **options).mean(), loss.torchs_own and loss.torchs_own(p, y, **options)


def flat(tensor):
    return tensor.detach().flatten().tolist()


def differentiate(case):
    params = parameters(case)
    trace, loss, torchs_own = evaluate(case, params, KINK_MARGIN)
    found = torch.autograd.grad(loss, params + [z for z, _ in trace], retain_graph=True)
    gradients, delta = found[:len(params)], found[len(params):]
    if torchs_own is not None and loss.dtype == torch.float64:
        torch.testing.assert_close(loss, torchs_own, rtol=1e-12, atol=1e-14)
        torch.testing.assert_close(gradients, torch.autograd.grad(torchs_own, params), rtol=1e-10, atol=1e-14)
    for gradient in gradients:
        sizes = gradient[gradient != 0].abs()
        if not len(sizes) or sizes.min() < SMALLEST_GRADIENT:
            raise Unfair
    return {
        'forward': [{'z': flat(z), 'a': flat(a)} for z, a in trace],
        'lossValue': loss.item(),
        'gradients': [flat(g) for g in gradients],
        'delta': [flat(d) for d in delta],
    }


def train(case, make_optimizer):
    """The loss and the weights after STEPS full-batch steps."""
    params = parameters(case)
    optimizer = make_optimizer(params)
    losses = []
    for _ in range(STEPS):
        losses.append(evaluate(case, params, KINK_MARGIN_WHILE_TRAINING)[1])
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    if hasattr(optimizer, 'finish'):
        optimizer.finish()
    losses.append(evaluate(case, params, KINK_MARGIN_WHILE_TRAINING)[1])
    if losses[-1] >= losses[0]:
        raise Unfair
    return {'lossAfter': losses[-1].item(), 'weightsAfter': [flat(p) for p in params]}


def solve(case, dtype):
    """Everything that is to be known about the case, computed in `dtype`."""
    torch.set_default_dtype(dtype)
    optimizers = [{'optimizer': options, **train(case, make)} for options, make in OPTIMIZERS]
    return {**differentiate(case), 'optimizers': optimizers}


def close(found, expected):
    """Whether two trees of numbers agree to FLOAT32_BOUND."""
    if isinstance(expected, dict):
        return all(close(found[key], expected[key]) for key in expected)
    if isinstance(expected, float):
        return close([found], [expected])
    if isinstance(expected, list) and isinstance(expected[0], float):
        floor = FLOAT32_SHARE * max(map(abs, expected))
        return all(abs(f - e) <= FLOAT32_BOUND * max(abs(e), floor) for f, e in zip(found, expected))
    return not isinstance(expected, list) or all(map(close, found, expected))


# --- The cases -----------------------------------------------------------------------------------------------


class Wish(NamedTuple):
    """A network to find numbers for; what is None is drawn."""
    output: str
    loss: str
    options: dict = {}
    title: str = ''
    rows: Optional[int] = None
    features: Optional[int] = None
    hidden: Optional[Sequence] = None  # (units, activation) of each
    units: Optional[int] = None
    bias: Optional[bool] = None
    pixels: bool = False  # inputs in [0, 1]


DOCUMENTS = [
    Wish('sigmoid', 'sumOfSquares', {}, 'document 000', 6, 3, [(4, 'sigmoid'), (3, 'sigmoid')], 1, True),
    Wish('linear', 'sumOfSquares', {}, 'document 001', 7, 2, [(4, 'tanh'), (3, 'relu')], 1, True),
    Wish('sigmoid', 'binaryCrossentropy', {'reduction': 'sum'}, 'document 002', 5, 4, [(5, 'relu'), (3, 'sigmoid')],
         3, True),
    Wish('softmax', 'categoricalCrossentropy', {}, 'document 003', 8, 9, [(5, 'sigmoid')], 4, True, pixels=True),
]

# Shapes that a generator seldom meets: ones everywhere, and sizes one past a SIMD register or two.
ODD_SHAPES = [
    Wish('linear', 'meanSquaredError', rows=1, features=1, hidden=[], units=1, bias=True),
    Wish('sigmoid', 'binaryCrossentropy', rows=1, features=1, hidden=[(1, 'tanh')], units=1, bias=False),
    Wish('linear', 'logCosh', rows=3, features=1, hidden=[(1, 'silu'), (1, 'softplus'), (1, 'tanh')], units=1),
    Wish('softmax', 'categoricalCrossentropy', rows=5, features=7, hidden=[(9, 'relu')], units=9, bias=True),
    Wish('linear', 'huber', rows=9, features=5, hidden=[(17, 'tanh')], units=3, bias=True),
    Wish('linear', 'sparseCategoricalCrossentropy', {'fromLogits': True}, rows=13, features=11,
         hidden=[(8, 'gelu')], units=5, bias=False),
]


def wishes():
    """The two lists, then every output of every loss on a network that the generator draws."""
    tables = [Wish(output, name, options) for name, loss in LOSSES.items() for output, options in loss.outputs]
    return DOCUMENTS + ODD_SHAPES + tables


def draw_layers(rng, wish, hidden_activations):
    hidden = wish.hidden
    if hidden is None:
        drawn = [next(hidden_activations) for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 2, 3)))]
        hidden = [(rng.randint(ACTIVATIONS[activation].least_units, 5), activation) for activation in drawn]
    least_units = max(ACTIVATIONS[wish.output].least_units, LOSSES[wish.loss].least_units)
    layers = []
    for units, activation in [*hidden, (wish.units or rng.randint(least_units, 5), wish.output)]:
        layer = {'units': units, 'activation': activation}
        alpha = rng.choice(ACTIVATIONS[activation].alphas)
        if alpha is not None:
            layer['alpha'] = alpha
        layer['useBias'] = rng.random() < 0.75 if wish.bias is None else wish.bias
        layers.append(layer)
    return layers


def draw_weights(rng, features, layers):
    weights, inputs = [], features
    for index, layer in enumerate(layers):
        name, units = f'dense_{index}' if index else 'dense', layer['units']
        spread = 1.25 / math.sqrt(inputs)
        kernel = [exact(rng.gauss(0, spread)) for _ in range(inputs * units)]
        weights.append({'name': f'{name}/kernel', 'shape': [inputs, units], 'data': kernel})
        if layer['useBias']:
            bias = [exact(rng.gauss(0, 0.25)) for _ in range(units)]
            weights.append({'name': f'{name}/bias', 'shape': [units], 'data': bias})
        inputs = units
    return weights


def describe(wish, rows, features, layers):
    """'4x3, 5 elu alpha=0.5, 2 softmax without bias, categoricalCrossentropy labelSmoothing=0.125'"""
    def layer_words(layer):
        alpha = f" alpha={layer['alpha']}" if 'alpha' in layer else ''
        return f"{layer['units']} {layer['activation']}{alpha}{'' if layer['useBias'] else ' without bias'}"
    loss = ' '.join([wish.loss, *(f'{k}={str(v).lower()}' for k, v in wish.options.items())])
    return ', '.join(filter(None, [wish.title, f'{rows}x{features}', *map(layer_words, layers), loss]))


def draw_case(rng, wish, features, rows, layers):
    x = [[exact(rng.random() if wish.pixels else rng.gauss(0, 1)) for _ in range(features)] for _ in range(rows)]
    return {
        'name': describe(wish, rows, features, layers),
        'features': features,
        'layers': layers,
        'loss': {'name': wish.loss, **wish.options},
        'x': x,
        'y': LOSSES[wish.loss].targets(rng, rows, layers[-1]['units']),
        'weights': draw_weights(rng, features, layers),
    }


def answered(case):
    """The case with all that is to be known about it; None where its numbers are not fair."""
    try:
        numbers = solve(case, torch.float64)
        return {**case, **numbers} if close(solve(case, torch.float32), numbers) else None
    except Unfair:
        return None


def take(cases, wish):
    """The first of the cases that is one of the wish, without its answers; it is taken out of the list."""
    for case in cases:
        wanted = {'name': wish.loss, **wish.options}
        if case['loss'] == wanted and case['layers'][-1]['activation'] == wish.output and (
                case['name'].startswith(wish.title or tuple('123456789'))):
            cases.remove(case)
            return {key: case[key] for key in ('name', 'features', 'layers', 'loss', 'x', 'y', 'weights')}
    return None


def make_case(rng, wish, hidden_activations):
    """The wish with a shape and numbers drawn, and drawn again until they are fair."""
    for _ in range(SHAPES):
        layers = draw_layers(rng, wish, hidden_activations)
        features = wish.features or rng.choice((1, 2, 3, 3, 4, 5, 6))
        rows = wish.rows or rng.choice((1, 2, 3, 4, 5, 7, 9))
        for _ in range(ATTEMPTS):
            case = answered(draw_case(rng, wish, features, rows, layers))
            if case:
                return case
    raise RuntimeError(f'No fair numbers for {wish}.')


def check_coverage(cases):
    layers = [layer for case in cases for layer in case['layers']]
    hidden = {layer['activation'] for case in cases for layer in case['layers'][:-1]}
    output = {case['layers'][-1]['activation'] for case in cases}
    losses = [case['loss']['name'] for case in cases]
    assert hidden == output == set(ACTIVATIONS), set(ACTIVATIONS) - (hidden & output)
    assert all(losses.count(name) >= 2 for name in LOSSES)
    for name, activation in ACTIVATIONS.items():
        assert {layer.get('alpha') for layer in layers if layer['activation'] == name} == set(activation.alphas), name
    assert {len(case['layers']) for case in cases} == {1, 2, 3, 4}
    assert {len(case['x']) for case in cases} >= {1, 2, 3, 5, 7}
    assert {layer['useBias'] for layer in layers} == {True, False}
    assert len({case['name'] for case in cases}) == len(cases)


def main():
    path = Path(__file__).with_name('golden.json')
    there = json.loads(path.read_text()) if path.exists() else []
    used = {layer['activation'] for case in there for layer in case['layers'][:-1]}
    order = sorted(ACTIVATIONS, key=lambda name: (name in used, random.Random(f'{SEED} {name}').random()))
    hidden_activations = itertools.cycle(order)  # so that each has its turn
    cases = []
    for wish in wishes():
        kept = take(there, wish)
        cases.append((kept and answered(kept)) or make_case(random.Random(f'{SEED} {wish}'), wish, hidden_activations))
    check_coverage(cases)
    lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    path.write_text(f'[\n{lines}\n]\n')


if __name__ == '__main__':
    main()
