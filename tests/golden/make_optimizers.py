#!/usr/bin/python3
"""Writes optimizers.json: small networks trained by every optimizer with all its options, in float64.

    python3 tests/golden/make_optimizers.py

The same bytes every time, in the format of golden.json; optimizer_catalogue.py decides what is in it.
"""

import itertools
import json
import random
from pathlib import Path

import make_golden
from make_golden import Wish, make_case
from optimizer_catalogue import CONFIGURATIONS

SEED = 21

# Each configuration trains one network, these in turn.
WISHES = [
    Wish('softmax', 'categoricalCrossentropy', title='a classifier', rows=7, features=3, hidden=[(4, 'tanh')], units=3,
         bias=True),
    Wish('linear', 'meanSquaredError', title='a regression', rows=5, features=2, hidden=[(3, 'silu'), (2, 'sigmoid')],
         units=1, bias=True),
    Wish('sigmoid', 'binaryCrossentropy', title='two labels', rows=6, features=4, hidden=[], units=2, bias=False),
]


def main():
    rng = random.Random(SEED)
    cases = []
    for configuration, wish in zip(CONFIGURATIONS, itertools.cycle(WISHES)):
        make_golden.OPTIMIZERS = [configuration]
        case = make_case(rng, wish, itertools.repeat('tanh'))
        options = ' '.join(f'{key}={str(value).lower()}' for key, value in configuration[0].items() if key != 'name')
        case['name'] = f"{case['name']}, {configuration[0]['name']} {options}"
        cases.append(case)
    assert len({case['name'] for case in cases}) == len(cases) >= 40
    lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    Path(__file__).with_name('optimizers.json').write_text(f'[\n{lines}\n]\n')


if __name__ == '__main__':
    main()
