#!/usr/bin/python3
"""Writes lbfgs.json: convex problems, and the least loss that SciPy's L-BFGS-B finds for them in float64.

    python3 tests/golden/make_lbfgs.py

A case is one of golden.json without what is computed there, but with `leastLoss`. Every start leads to it.
"""

import json
import random
from pathlib import Path

import numpy
import torch
from scipy.optimize import minimize

from make_golden import Wish, draw_case, evaluate, parameters

SEED = 22

WISHES = [
    Wish('softmax', 'categoricalCrossentropy', title='three classes', rows=40, features=4, hidden=[], units=3),
    Wish('softmax', 'sparseCategoricalCrossentropy', title='five classes', rows=90, features=6, hidden=[], units=5),
    Wish('sigmoid', 'binaryCrossentropy', title='two labels', rows=60, features=5, hidden=[], units=2),
    Wish('linear', 'meanSquaredError', title='least squares', rows=30, features=8, hidden=[], units=2),
    Wish('linear', 'logCosh', title='nearly the median', rows=50, features=3, hidden=[], units=1),
    Wish('linear', 'huber', {'delta': 0.5}, title='outliers', rows=45, features=7, hidden=[], units=2),
    Wish('softplus', 'poisson', title='counts', rows=50, features=3, hidden=[], units=1),
]


def least_loss(case):
    shapes = [weight['shape'] for weight in case['weights']]

    def loss_and_gradient(flat):
        params, at = [], 0
        for shape in shapes:
            size = int(numpy.prod(shape))
            params.append(torch.tensor(flat[at:at + size]).view(shape).requires_grad_())
            at += size
        loss = evaluate(case, params, 0)[1]
        return loss.item(), torch.cat([g.flatten() for g in torch.autograd.grad(loss, params)]).numpy()

    start = torch.cat([p.detach().flatten() for p in parameters(case)]).numpy()
    found = minimize(loss_and_gradient, start, jac=True, method='L-BFGS-B',
                     options={'maxiter': 5000, 'maxfun': 20000, 'ftol': 0, 'gtol': 1e-10})
    assert abs(found.jac).max() < 1e-7, (case['name'], found)
    assert abs(found.x).max() < 20, (case['name'], 'separable')
    return found.fun


def main():
    torch.set_default_dtype(torch.float64)
    rng = random.Random(SEED)
    cases = []
    for wish in WISHES:
        layers = [{'units': wish.units, 'activation': wish.output, 'useBias': True}]
        case = draw_case(rng, wish, wish.features, wish.rows, layers)
        case['name'] = f'{wish.title}, {wish.loss}'
        cases.append({**case, 'leastLoss': least_loss(case)})
    lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    Path(__file__).with_name('lbfgs.json').write_text(f'[\n{lines}\n]\n')


if __name__ == '__main__':
    main()
