#!/usr/bin/python3
"""Writes metrics.json: metrics from scikit-learn and weighted training from PyTorch, both in float64.

    python3 tests/golden/make_metrics.py

The same bytes every time. README.md describes the format.
"""

import json
import os
import random
import sys
from pathlib import Path

os.environ.setdefault('ATEN_CPU_CAPABILITY', 'default')  # the same kernels whatever the processor
sys.dont_write_bytecode = True  # no __pycache__ beside the sources

import numpy as np
import torch
import torch.nn.functional as F
from sklearn import metrics as sk
from sklearn.metrics.pairwise import paired_cosine_distances

from catalogue import ACTIVATIONS, LOSSES, classes, counts, distributions, exact, far_from_zero, reals, signs

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

SEED = 21
STEPS = 5
THRESHOLD_MARGIN = 1e-4  # no output is so near a threshold, without being it, that float32 may fall on the other side

# --- Metrics -------------------------------------------------------------------------------------------------


class Judged:
    """Outputs and targets of a case, as metrics see them."""

    def __init__(self, case):
        loss, activation = case['loss'], case['activation']
        self.a = ACTIVATIONS[activation].forward(torch.tensor(case['x'])).numpy()
        self.units = self.a.shape[1]
        self.signs = loss['name'] in ('hinge', 'squaredHinge')
        self.independent = self.units == 1 or self.signs or loss['name'] == 'binaryCrossentropy'
        self.logits = loss.get('fromLogits', False)
        self.p = self.a
        if self.logits:
            self.p = (torch.sigmoid if self.independent else lambda z: F.softmax(z, 1))(torch.tensor(self.a)).numpy()
        elif activation == 'logSoftmax':
            self.p = np.exp(self.a)
        self.probabilities = self.logits or activation in ('sigmoid', 'softmax', 'hardSigmoid', 'logSoftmax')
        y = np.array(case['y'])
        self.y = np.eye(self.units)[y] if y.ndim == 1 else y  # rows × units
        self.classes = self.y.argmax(1)
        self.yes = self.y > 0.5

    def answers(self, threshold=None):
        """rows × units of yes and no."""
        threshold = threshold if threshold is not None else 0 if self.signs else 0.5
        scores = self.p if self.logits and self.independent else self.a
        gaps = abs(scores - threshold)
        assert (gaps[gaps > 0] > THRESHOLD_MARGIN).all()
        return scores > threshold


def accuracy(j):
    return binary_accuracy(j) if j.independent else categorical_accuracy(j)


def binary_accuracy(j, threshold=None):
    return sk.accuracy_score(j.yes.ravel(), j.answers(threshold).ravel())


def categorical_accuracy(j):
    return sk.accuracy_score(j.classes, j.p.argmax(1))


def top_k_accuracy(j, k=5):
    order = np.argsort(-j.a, axis=1, kind='stable')  # of equal ones the first
    found = (order[:, :k] == j.classes[:, None]).any(1).mean()
    if j.units > max(2, k) and all(len(set(row)) == j.units for row in j.a):
        assert found == sk.top_k_accuracy_score(j.classes, j.a, k=k, labels=range(j.units))
    return found


def figure(which):
    def of(j, threshold=None, average='macro'):
        if j.independent:
            y, found = (j.yes[:, 0], j.answers(threshold)[:, 0]) if j.units == 1 else (j.yes, j.answers(threshold))
            average = 'binary' if j.units == 1 else average
        else:
            y, found = j.classes, j.p.argmax(1)
        return sk.precision_recall_fscore_support(y, found, average=average, zero_division=0)[which]
    return of


def wanted(j):
    return j.yes if j.independent else np.eye(j.units, dtype=bool)[j.classes]


def auc(j):
    scores = np.vectorize(lambda p: float(f'{p:.12g}'))(j.p)  # rounding of sums of exponentials breaks no tie
    areas = [sk.roc_auc_score(y, p) for y, p in zip(wanted(j).T, scores.T) if len(set(y)) == 2]
    if len(areas) == j.units > 2 and np.allclose(j.p.sum(1), 1):
        np.testing.assert_allclose(np.mean(areas), sk.roc_auc_score(j.classes, j.p, multi_class='ovr'), rtol=1e-3)
    return np.mean(areas) if areas else None


def log_loss(j):
    if j.independent:
        found = np.mean([sk.log_loss(y, p, labels=[0, 1]) for y, p in zip(j.y.T, j.p.T)])
        torchs = F.binary_cross_entropy(torch.tensor(j.p), torch.tensor(j.y))
    else:
        found = sk.log_loss(j.classes, j.p, labels=range(j.units))
        torchs = F.nll_loss(torch.tensor(j.p).log(), torch.tensor(j.classes))
    np.testing.assert_allclose(found, torchs.item(), rtol=1e-9)
    return found


METRICS = {
    'accuracy': accuracy,
    'binaryAccuracy': binary_accuracy,
    'categoricalAccuracy': categorical_accuracy,
    'sparseCategoricalAccuracy': categorical_accuracy,
    'topKAccuracy': top_k_accuracy,
    'precision': figure(0),
    'recall': figure(1),
    'f1Score': figure(2),
    'auc': auc,
    'logLoss': log_loss,
    'meanSquaredError': lambda j: sk.mean_squared_error(j.y, j.a),
    'meanAbsoluteError': lambda j: sk.mean_absolute_error(j.y, j.a),
    'rootMeanSquaredError': lambda j: sk.mean_squared_error(j.y, j.a) ** 0.5,
    'r2Score': lambda j: sk.r2_score(j.y, j.a),
    'meanAbsolutePercentageError': lambda j: 100 * sk.mean_absolute_percentage_error(j.y, j.a),
    # Keras takes its logarithms of what is at least its epsilon.
    'meanSquaredLogarithmicError': lambda j: sk.mean_squared_log_error(np.maximum(j.y, 1e-7), np.maximum(j.a, 1e-7)),
    'cosineSimilarity': lambda j: 1 - paired_cosine_distances(j.y, j.a).mean(),
}


def judge(case):
    judged = Judged(case)
    expected = []
    for config in case['metrics']:
        value = METRICS[config['name']](judged, **{k: v for k, v in config.items() if k != 'name'})
        expected.append({**config, 'value': None if value is None else float(value)})
    return {**case, 'metrics': expected}


BINARY = [{'name': name} for name in ('accuracy', 'binaryAccuracy', 'precision', 'recall', 'f1Score', 'auc')]
LOG_LOSS = [{'name': 'logLoss'}]
ERRORS = [{'name': name} for name in ('meanSquaredError', 'meanAbsoluteError', 'rootMeanSquaredError', 'r2Score')]
AVERAGES = [{'name': name, 'average': average} for average in ('macro', 'micro', 'weighted')
            for name in ('precision', 'recall', 'f1Score')]
CLASSES = [{'name': name} for name in ('accuracy', 'categoricalAccuracy', 'sparseCategoricalAccuracy', 'auc')] + [
    {'name': 'topKAccuracy', 'k': k} for k in (1, 2, 3)] + [{'name': 'topKAccuracy'}] + AVERAGES


def thresholds(*values):
    return [{'name': name, 'threshold': value} for value in values
            for name in ('binaryAccuracy', 'precision', 'recall', 'f1Score')]


def scores(rng, rows, units, step=1 / 8, spread=2.0):
    """No two that differ are nearer than `step`; none is 0, where a threshold may be."""
    return [[float(exact(rng.gauss(0, spread), step) or step) for _ in range(units)] for _ in range(rows)]


def zeros_and_ones(rng, rows, units, share=0.4):
    return [[float(rng.random() < share) for _ in range(units)] for _ in range(rows)]


def metric_cases(rng):
    bce, logits = {'name': 'binaryCrossentropy'}, {'name': 'binaryCrossentropy', 'fromLogits': True}
    cce, sparse = {'name': 'categoricalCrossentropy'}, {'name': 'sparseCategoricalCrossentropy'}
    mse = {'name': 'meanSquaredError'}

    def case(name, loss, activation, x, y, metrics):
        return judge({'name': name, 'loss': loss, 'activation': activation, 'x': x, 'y': y, 'metrics': metrics})

    def informed(x, noise=2.0):
        """Classes that have something to do with the outputs."""
        return [int(np.argmax([z + rng.gauss(0, noise) for z in row])) for row in x]

    one = scores(rng, 60, 1)
    yes = [[float(z + rng.gauss(0, 2) > 0)] for z, in one]
    yield case('one output', bce, 'sigmoid', one, yes, BINARY + LOG_LOSS + ERRORS + thresholds(0.3, 0.9, 0, 1))
    yield case('one logit', logits, 'linear', one, yes, BINARY + LOG_LOSS + thresholds(0.3, 0.9))
    yield case('label smoothing is not the metrics\' business', {**bce, 'labelSmoothing': 0.25}, 'sigmoid', one, yes,
               BINARY + LOG_LOSS)
    yield case('one output by squared error', mse, 'sigmoid', one, yes, BINARY + ERRORS + thresholds(0.2))
    yield case('one linear output', mse, 'linear', one, yes, BINARY + ERRORS + thresholds(-1.03, 2.03))
    ties = scores(rng, 80, 1, step=1)
    yield case('ties', bce, 'sigmoid', ties, zeros_and_ones(rng, 80, 1), BINARY + LOG_LOSS)
    yield case('all equal', bce, 'sigmoid', [[0.5]] * 7, zeros_and_ones(rng, 7, 1), BINARY + LOG_LOSS)
    yield case('none is positive', bce, 'sigmoid', one[:9], [[0.0]] * 9, BINARY + LOG_LOSS)
    yield case('all are positive', bce, 'sigmoid', one[:9], [[1.0]] * 9, BINARY + LOG_LOSS)
    yield case('none is found', bce, 'sigmoid', [[-1.0 - i] for i in range(9)], yes[:9], BINARY + LOG_LOSS)
    yield case('one sample', bce, 'sigmoid', [[0.75]], [[1.0]], BINARY + LOG_LOSS)
    yield case('extreme scores', logits, 'linear', scores(rng, 50, 1, 1, 6), zeros_and_ones(rng, 50, 1), BINARY + LOG_LOSS)
    yield case('hinge', {'name': 'hinge'}, 'linear', scores(rng, 40, 1), signs(rng, 40, 1), BINARY + thresholds(1.03))
    yield case('hinge of several', {'name': 'hinge'}, 'tanh', scores(rng, 40, 3, 1 / 8, 0.5), signs(rng, 40, 3),
               BINARY + AVERAGES)
    several = scores(rng, 50, 4)
    yield case('independent outputs', bce, 'sigmoid', several, zeros_and_ones(rng, 50, 4),
               BINARY + LOG_LOSS + AVERAGES + thresholds(0.3, 0.7))
    yield case('independent logits', logits, 'linear', several, zeros_and_ones(rng, 50, 4),
               BINARY + LOG_LOSS + AVERAGES + thresholds(0.3))
    rare = [[a, b, 0.0, 1.0] for a, b in zeros_and_ones(rng, 50, 2)]
    yield case('independent outputs of which some are always the same', bce, 'sigmoid', several, rare,
               BINARY + LOG_LOSS + AVERAGES)

    ten = scores(rng, 120, 10)
    labels = informed(ten)
    yield case('ten classes', sparse, 'softmax', ten, labels, CLASSES + LOG_LOSS)
    yield case('ten one-hot classes', cce, 'softmax', ten, np.eye(10)[labels].tolist(), CLASSES + LOG_LOSS + ERRORS)
    yield case('ten classes from logits', {**sparse, 'fromLogits': True}, 'linear', ten, labels, CLASSES + LOG_LOSS)
    yield case('ten classes from logSoftmax', sparse, 'logSoftmax', ten, labels, CLASSES + LOG_LOSS)
    few = [2 * (label // 4) for label in labels]  # 0, 2 and 4
    yield case('missing classes', sparse, 'softmax', ten, few, CLASSES + LOG_LOSS)
    narrow = [[row[0], row[1] + 1, *(-20.0 - i for i in range(8))] for row in ten]  # answers are 0 and 1
    yield case('classes that neither occur nor are predicted', sparse, 'softmax', narrow, [l % 3 for l in labels],
               [c for c in CLASSES if c['name'] != 'auc'])
    yield case('all of one class', sparse, 'softmax', ten[:20], [3] * 20, CLASSES + LOG_LOSS)
    yield case('ties between classes', sparse, 'softmax', scores(rng, 60, 6, 2), classes(rng, 60, 6), CLASSES)
    two = scores(rng, 60, 2)
    yield case('two classes', sparse, 'softmax', two, informed(two, 1), CLASSES + LOG_LOSS)
    yield case('distributions', cce, 'softmax', ten[:30], distributions(rng, 30, 10), CLASSES)
    yield case('classes by squared error', mse, 'sigmoid', several, np.eye(4)[informed(several)].tolist(),
               CLASSES + ERRORS)

    yield case('regression', mse, 'linear', scores(rng, 40, 3), reals(rng, 40, 3), ERRORS)
    linear = scores(rng, 40, 1)
    yield case('a good fit far from zero', mse, 'linear', [[z + 4096] for z, in linear],
               [[z + 4096 + exact(rng.gauss(0, 0.25))] for z, in linear], ERRORS)
    yield case('a perfect fit', mse, 'linear', linear, linear, ERRORS)
    yield case('targets that are all the same', mse, 'linear', scores(rng, 10, 2), [[0.5, -1.5]] * 10, ERRORS)
    yield case('a perfect fit of a constant', mse, 'linear', [[1.5, z] for z, in linear], [[1.5, 2 * z] for z, in linear],
               ERRORS)

    rng = random.Random(SEED + 1)  # the numbers of what was there before stay as they are
    yield case('squared hinge', {'name': 'squaredHinge'}, 'linear', scores(rng, 40, 1), signs(rng, 40, 1), BINARY)
    yield case('shares of targets', mse, 'linear', scores(rng, 40, 3), far_from_zero(rng, 40, 3),
               [{'name': 'meanAbsolutePercentageError'}, {'name': 'cosineSimilarity'}])
    yield case('counts', mse, 'softplus', scores(rng, 40, 3), counts(rng, 40, 3),
               [{'name': 'meanSquaredLogarithmicError'}])
    margins = [[10000 + z] for z, in scores(rng, 60, 1, 1 / 8, 5.0)]
    yield case('margins that lie close together', {'name': 'hinge'}, 'linear', margins, signs(rng, 60, 1),
               [{'name': 'auc'}])


# --- Weighted training ---------------------------------------------------------------------------------------


def per_sample(loss, p, y):
    """PyTorch's own losses, one number a sample."""
    name = loss['name']
    if name == 'meanSquaredError':
        return F.mse_loss(p, y, reduction='none').mean(1)
    if name == 'binaryCrossentropy' and loss.get('fromLogits'):
        return F.binary_cross_entropy_with_logits(p, y, reduction='none').mean(1)
    if name == 'binaryCrossentropy':
        return F.binary_cross_entropy(p, y, reduction='none').mean(1)
    if name.endswith('ategoricalCrossentropy'):
        logits = p if loss.get('fromLogits') else p.log()
        return F.cross_entropy(logits, y, reduction='none', label_smoothing=loss.get('labelSmoothing', 0))
    options = {k: v for k, v in loss.items() if k != 'name'}
    return LOSSES[name].value(p, y, **options)


def class_of(y):
    return y if y.ndim == 1 else (y[:, 0] > 0.5).long() if y.shape[1] == 1 else y.argmax(1)


def weighted_case(rng, name, loss, activation, units, targets, sample_weight=False, class_weight=None):
    rows, features = 12, 3
    x = [[exact(rng.gauss(0, 1)) for _ in range(features)] for _ in range(rows)]
    y = targets(rng, rows, units)
    shapes = [[features, 4], [4], [4, units], [units]]
    weights = [[exact(rng.gauss(0, 0.7)) for _ in range(int(np.prod(shape)))] for shape in shapes]
    given = [exact(rng.choice((0, 0.25, 1, 1, 3 * rng.random()))) for _ in range(rows)] if sample_weight else None
    targets_tensor = torch.tensor(y)
    row_weights = torch.tensor(given) if given else torch.ones(rows)
    if class_weight:
        row_weights = row_weights * torch.tensor([float(w) for w in class_weight])[class_of(targets_tensor)]

    def loss_of(params, begin, end):
        a = torch.tanh(torch.tensor(x)[begin:end] @ params[0] + params[1])
        p = ACTIVATIONS[activation].forward(a @ params[2] + params[3])
        return (per_sample(loss, p, targets_tensor[begin:end]) * row_weights[begin:end]).sum() / (end - begin)

    def fresh():
        return [torch.tensor(w).view(s).requires_grad_() for w, s in zip(weights, shapes)]

    runs = []
    for batch in (rows, 5):
        params = fresh()
        optimizer = torch.optim.SGD(params, lr=0.1)
        for _ in range(STEPS):
            for begin in range(0, rows, batch):
                optimizer.zero_grad()
                loss_of(params, begin, min(rows, begin + batch)).backward()
                optimizer.step()
        runs.append({'batchSize': batch, 'weightsAfter': [p.detach().flatten().tolist() for p in params]})
    params = fresh()
    if class_weight and not given and loss['name'] == 'sparseCategoricalCrossentropy' and 'labelSmoothing' not in loss:
        own = torch.tensor([float(w) for w in class_weight])  # PyTorch's weight, before it divides by Σ of weights
        p = ACTIVATIONS[activation].forward(
            torch.tanh(torch.tensor(x) @ params[0] + params[1]) @ params[2] + params[3])
        torchs = F.nll_loss(p.log(), targets_tensor, weight=own, reduction='sum') / rows
        torch.testing.assert_close(loss_of(params, 0, rows), torchs, rtol=1e-12, atol=0)
    return {
        'name': name, 'loss': loss, 'activation': activation, 'units': units, 'x': x, 'y': y,
        'weights': [{'shape': s, 'data': w} for w, s in zip(weights, shapes)],
        **({'sampleWeight': given} if given else {}), **({'classWeight': class_weight} if class_weight else {}),
        'lossValue': loss_of(params, 0, rows).item(), 'runs': runs,
    }


def weighted_cases(rng):
    def one_hot(rng, rows, units):
        return [[float(k == c) for k in range(units)] for c in classes(rng, rows, units)]

    sparse, cce = {'name': 'sparseCategoricalCrossentropy'}, {'name': 'categoricalCrossentropy'}
    bce, mse = {'name': 'binaryCrossentropy'}, {'name': 'meanSquaredError'}
    yield weighted_case(rng, 'samples', sparse, 'softmax', 3, classes, True)
    yield weighted_case(rng, 'classes', sparse, 'softmax', 3, classes, False, [0.5, 2, 0])
    yield weighted_case(rng, 'samples and classes', sparse, 'softmax', 3, classes, True, [0.5, 2, 1])
    yield weighted_case(rng, 'smoothed classes', {**sparse, 'labelSmoothing': 0.125}, 'softmax', 4, classes, False,
                        [1, 2, 3, 0.25])
    yield weighted_case(rng, 'logits', {**sparse, 'fromLogits': True}, 'linear', 3, classes, True, [1.5, 2, 1])
    yield weighted_case(rng, 'one-hot rows', cce, 'softmax', 3, one_hot, True, [1, 0, 2])
    yield weighted_case(rng, 'distributions', cce, 'softmax', 3, distributions, True)
    yield weighted_case(rng, 'one yes or no', bce, 'sigmoid', 1, zeros_and_ones, True, [1, 4])
    yield weighted_case(rng, 'one logit', {**bce, 'fromLogits': True}, 'linear', 1, zeros_and_ones, False, [0.25, 1])
    yield weighted_case(rng, 'several yes or no', bce, 'sigmoid', 3, zeros_and_ones, True)
    yield weighted_case(rng, 'squared error', mse, 'linear', 2, reals, True)
    yield weighted_case(rng, 'squared error of classes', mse, 'sigmoid', 3, one_hot, True, [1, 2, 3])
    yield weighted_case(rng, 'hinge', {'name': 'hinge'}, 'tanh', 1, signs, True, [2, 0.5])
    yield weighted_case(rng, 'huber', {'name': 'huber', 'delta': 0.5}, 'linear', 2, reals, True)


def main():
    rng = random.Random(SEED)
    judged = list(metric_cases(rng))
    assert {metric['name'] for case in judged for metric in case['metrics']} == set(METRICS)
    weighted = list(weighted_cases(rng))
    lines = [',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases) for cases in (judged, weighted)]
    text = f'{{"metrics":[\n{lines[0]}\n],\n"weighted":[\n{lines[1]}\n]}}\n'
    Path(__file__).with_name('metrics.json').write_text(text)


if __name__ == '__main__':
    main()
