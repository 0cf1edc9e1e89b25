#!/usr/bin/python3
"""Writes build/tables/*.csv, and build/tables/scores.json: what scikit-learn's pipelines score on them by 5-fold
cross-validation, and how long they take.

    python3 tests/sklearn/make_tables.py [names …]

with scikit-learn 1.2 (Debian 12's python3-sklearn). tests/sklearn/compare-tables.mjs does the same with
mlp-wasm/tables, on the same folds, and prints both. A pipeline imputes (median, most frequent), scales and one-hot encodes,
and trains an MLP twice: `same` with settings that both sides can have alike, `default` with each side's own.
"""

import csv
import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn import datasets
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.simplefilter('ignore', ConvergenceWarning)
warnings.simplefilter('ignore', UserWarning)

FOLDER = Path(__file__).resolve().parents[2] / 'build' / 'tables'


def bunch(load, targets=None):
    data = load()
    y = data.target.astype(float)
    if y.ndim == 1:
        y = y[:, None]
    names = [f'x{i}' for i in range(data.data.shape[1])]
    columns = {name: data.data[:, i].astype(float) for i, name in enumerate(names)}
    for j in range(y.shape[1]):
        if targets is None:
            columns[f'y{j}'] = y[:, j]
        else:
            columns[f'y{j}'] = np.array([targets(data)[int(v)] for v in y[:, j]], dtype=object)
    return columns, [f'y{j}' for j in range(y.shape[1])]


def made(rows, is_class, seed):
    """Numbers, categories, true and false, missing cells in all of them."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 6)) * [1, 10, 100, 1, 1, 1] + [0, 50, -300, 0, 2, 0]
    colours = np.array(['red', 'green', 'blue', 'grey'], dtype=object)[draw.integers(0, 4, rows)]
    cities = np.array([f'city {i}' for i in range(12)], dtype=object)[draw.integers(0, 12, rows)]
    member = draw.random(rows) < 0.3
    z = (x - x.mean(0)) / x.std(0)
    city_effect = draw.normal(size=12)
    effect = np.array([city_effect[int(c.split()[1])] for c in cities])
    score = (z[:, 0] * z[:, 1] + np.abs(z[:, 2]) + 0.8 * z[:, 3] + np.where(colours == 'red', 1.5, 0) * z[:, 4]
             + 0.7 * effect + np.where(member, 0.6, -0.3) + 0.4 * draw.normal(size=rows))
    columns = {f'x{i}': x[:, i].copy() for i in range(6)}
    columns['colour'], columns['city'] = colours, cities
    columns['member'] = np.array(['true' if m else 'false' for m in member], dtype=object)
    for name, column in columns.items():
        gone = draw.random(rows) < 0.04
        column[gone] = np.nan if column.dtype == float else None
    if is_class:
        limits = np.quantile(score, [0.4, 0.8])
        columns['y0'] = np.array(['low', 'middle', 'high'], dtype=object)[np.digitize(score, limits)]
    else:
        columns['y0'] = 1000 + 250 * score
    return columns, ['y0']


def moons(rows):
    x, y = datasets.make_moons(rows, noise=0.25, random_state=4)
    return {'x0': x[:, 0], 'x1': x[:, 1], 'y0': np.array(['lower', 'upper'], dtype=object)[y]}, ['y0']


TABLES = {
    'iris': lambda: bunch(datasets.load_iris, lambda d: d.target_names),
    'wine': lambda: bunch(datasets.load_wine, lambda d: d.target_names),
    'cancer': lambda: bunch(datasets.load_breast_cancer, lambda d: d.target_names),
    'digits': lambda: bunch(datasets.load_digits, lambda d: [f'digit {i}' for i in d.target_names]),
    'diabetes': lambda: bunch(datasets.load_diabetes),
    'linnerud': lambda: bunch(datasets.load_linnerud),
    'moons': lambda: moons(1000),
    'made-classes': lambda: made(5000, True, 11),
    'made-numbers': lambda: made(5000, False, 12),
    'large-classes': lambda: made(100_000, True, 13),
}
# How often the folds are learnt, from other seeds: the fewer the rows, the more it depends on the seed.
SEEDS = {'iris': 10, 'wine': 10, 'cancer': 5, 'digits': 2, 'diabetes': 3, 'linnerud': 10, 'moons': 3, 'made-classes': 1,
         'made-numbers': 1, 'large-classes': 1}
EPOCHS = {'large-classes': 10}


def pipeline(columns, targets, is_class, mlp):
    names = [name for name in columns if name not in targets]
    numeric = [i for i, name in enumerate(names) if columns[name].dtype == float]
    other = [i for i, name in enumerate(names) if columns[name].dtype != float]
    transform = ColumnTransformer([
        ('numbers', make_pipeline(SimpleImputer(strategy='median'), StandardScaler()), numeric),
        ('names', make_pipeline(SimpleImputer(strategy='most_frequent', missing_values=None),
                                OneHotEncoder(handle_unknown='ignore', sparse_output=False)), other),
    ])
    whole = make_pipeline(transform, mlp)
    return whole if is_class else TransformedTargetRegressor(whole, transformer=StandardScaler())


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / 'scores.json'
    scores = json.loads(file.read_text()) if file.exists() else {}
    for name in sys.argv[1:] or TABLES:
        columns, targets = TABLES[name]()
        is_class = columns['y0'].dtype != float
        rows = len(columns['y0'])
        features = [column for column in columns if column not in targets]
        x = np.empty((rows, len(features)), dtype=object)
        for i, column in enumerate(features):
            x[:, i] = columns[column]
        y = np.column_stack([columns[target] for target in targets])
        y = y[:, 0] if y.shape[1] == 1 else y.astype(float)
        kind = StratifiedKFold if is_class else KFold
        folds = list(kind(5, shuffle=True, random_state=0).split(x, y))
        fold = np.zeros(rows, dtype=int)
        for k, (_, test) in enumerate(folds):
            fold[test] = k
        with open(FOLDER / f'{name}.csv', 'w', newline='') as out:
            writer = csv.writer(out)
            writer.writerow([*columns, 'fold'])
            for i in range(rows):
                cells = [columns[c][i] for c in columns]
                writer.writerow(['' if c is None or c != c else repr(float(c)) if isinstance(c, float) else c
                                 for c in cells] + [f'fold {fold[i]}'])
        entry = {'rows': rows, 'columns': len(features), 'targets': targets, 'isClass': is_class,
                 'seeds': SEEDS[name], 'epochs': EPOCHS.get(name, 200)}
        mlp = MLPClassifier if is_class else MLPRegressor
        # With 200 epochs, its default, the large one would take an hour.
        for setting in ['same'] if name in EPOCHS else ['same', 'default']:
            found, seconds, iterations = [], 0.0, []
            for seed in range(SEEDS[name]):
                for train, test in folds:
                    options = {'random_state': seed}
                    if setting == 'same':
                        options.update(max_iter=entry['epochs'], tol=0, n_iter_no_change=10**6, batch_size=min(200, len(train)))
                    model = pipeline(columns, targets, is_class, mlp(**options))
                    began = time.perf_counter()
                    model.fit(x[train], y[train])
                    seconds += time.perf_counter() - began
                    found.append(model.score(x[test], y[test]))
                    inner = model[-1] if is_class else model.regressor_[-1]
                    iterations.append(inner.n_iter_)
            entry[setting] = {'score': float(np.mean(found)), 'error': float(np.std(found) / np.sqrt(len(found))),
                              'seconds': seconds, 'epochs': float(np.mean(iterations))}
        scores[name] = entry
        print(name, {k: entry[k] for k in ['same', 'default'] if k in entry}, flush=True)
        file.write_text(json.dumps(scores, indent=1) + '\n')


if __name__ == '__main__':
    main()
