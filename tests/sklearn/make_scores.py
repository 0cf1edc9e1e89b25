#!/usr/bin/python3
"""Writes scores.json: what scikit-learn's multilayer perceptrons score on the tables of tables.py.

    python3 tests/sklearn/make_scores.py

with scikit-learn 1.2 (Debian 12's python3-sklearn). The first 70 % of a table's rows are trained on, the rest scored:
accuracy of classifiers, R² of regressors, both in per cent. tests/js/model/sklearn.test.ts trains ours the same way.
"""

import json
import math
import statistics
import sys
import warnings
from pathlib import Path

sys.dont_write_bytecode = True

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tables import TABLES, checksum

warnings.simplefilter('ignore', ConvergenceWarning)

# alpha, the L2 penalty, is 0 in all of them.
RUNS = [
    {'table': 'cancer', 'solver': 'lbfgs', 'hidden': [16], 'activation': 'tanh', 'epochs': 15, 'seeds': 150},
    {'table': 'cancer', 'solver': 'adam', 'hidden': [16], 'activation': 'relu', 'epochs': 40, 'batchSize': 32,
     'seeds': 60},
    {'table': 'digits', 'solver': 'lbfgs', 'hidden': [32], 'activation': 'relu', 'epochs': 60, 'seeds': 30},
    {'table': 'digits', 'solver': 'adam', 'hidden': [32], 'activation': 'relu', 'epochs': 20, 'batchSize': 50,
     'seeds': 20},
    {'table': 'regression', 'solver': 'lbfgs', 'hidden': [12, 6], 'activation': 'tanh', 'epochs': 60, 'seeds': 120},
    {'table': 'regression', 'solver': 'adam', 'hidden': [24], 'activation': 'relu', 'epochs': 100, 'batchSize': 20,
     'seeds': 60},
]
TOLERANCE = 1e-4  # of lbfgs


def scores(run, x, y):
    kind = MLPRegressor if run['table'] == 'regression' else MLPClassifier
    kept = math.floor(0.7 * len(x))
    for seed in range(run['seeds']):
        adam = run['solver'] == 'adam'
        mlp = kind(run['hidden'], activation=run['activation'], solver=run['solver'], alpha=0, random_state=seed,
                   max_iter=run['epochs'], max_fun=10**6, learning_rate_init=1e-3, epsilon=1e-7,
                   batch_size=run.get('batchSize', 'auto'),
                   # adam: all the epochs
                   tol=0 if adam else TOLERANCE, n_iter_no_change=10**6 if adam else 10)
        yield 100 * mlp.fit(x[:kept], y[:kept]).score(x[kept:], y[kept:])


def main():
    tables = {name: make() for name, make in TABLES.items()}
    runs = []
    for run in RUNS:
        found = list(scores(run, *tables[run['table']]))
        mean, error = statistics.mean(found), statistics.stdev(found) / math.sqrt(len(found))
        print(run['table'], run['solver'], mean, '±', error)
        runs.append({**run, 'meanScore': round(mean, 3), 'standardError': round(error, 3)})
    result = {'tolerance': TOLERANCE, 'checksums': {name: checksum(*t) for name, t in tables.items()}, 'runs': runs}
    Path(__file__).with_name('scores.json').write_text(json.dumps(result, indent=1) + '\n')


if __name__ == '__main__':
    main()
