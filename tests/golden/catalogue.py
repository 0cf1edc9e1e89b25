"""What the golden cases are made of: activations, targets, losses and optimizers, an entry each.

Names and options are those of web/src/types.ts, formulas those of the loss catalogue, and where PyTorch has the
function itself, PyTorch's own is used or compared. z, a, p and y are rows × units.
"""

from typing import Callable, Dict, NamedTuple, Optional, Sequence, Tuple

import torch
import torch.nn.functional as F

# --- Activations ---------------------------------------------------------------------------------------------


class Activation(NamedTuple):
    forward: Callable  # (z, alpha where there is one) → a
    alphas: Tuple = (None,)  # to try; None leaves the default
    kinks: Tuple = ()  # where the derivative jumps
    least_units: int = 1


def softmax(z):
    return F.softmax(z, dim=1)


ACTIVATIONS = {
    'linear': Activation(lambda z: z),
    'sigmoid': Activation(torch.sigmoid),
    'tanh': Activation(torch.tanh),
    'relu': Activation(torch.relu, kinks=(0,)),
    'leakyRelu': Activation(lambda z, alpha=0.01: F.leaky_relu(z, alpha), (None, 0.25), kinks=(0,)),
    'elu': Activation(lambda z, alpha=1.0: F.elu(z, alpha), (None, 0.5), kinks=(0,)),
    'selu': Activation(F.selu, kinks=(0,)),
    'gelu': Activation(F.gelu),
    'geluTanh': Activation(lambda z: F.gelu(z, approximate='tanh')),
    'silu': Activation(F.silu),
    'softplus': Activation(lambda z: F.softplus(z, threshold=40)),  # torch goes linear at 20 by default
    'softsign': Activation(F.softsign),
    # torch 1.13 differentiates its own with the float nearest to 1/6, also in double
    'hardSigmoid': Activation(lambda z: (z / 6 + 0.5).clamp(0, 1), kinks=(-3, 3)),
    'exponential': Activation(torch.exp),
    'softmax': Activation(softmax, least_units=2),
    'logSoftmax': Activation(lambda z: F.log_softmax(z, dim=1), least_units=2),
}

# --- Targets: (rng, rows, units) → a row of numbers, or a class index, per sample ------------------------------


def exact(value, step=1 / 256):
    """`value` to the nearest multiple of a power of two: the same number in float32 and float64."""
    return round(value / step) * step


def reals(rng, rows, units):
    return [[exact(rng.gauss(0, 1)) for _ in range(units)] for _ in range(rows)]


def signs(rng, rows, units):
    return [[rng.choice((-1.0, 1.0)) for _ in range(units)] for _ in range(rows)]


def far_from_zero(rng, rows, units):
    return [[exact(rng.choice((-1, 1)) * rng.uniform(64, 128)) for _ in range(units)] for _ in range(rows)]


def counts(rng, rows, units):
    return [[float(rng.randint(0, 4)) for _ in range(units)] for _ in range(rows)]


def labels(rng, rows, units):
    """Mostly 0 or 1; in every fourth case probabilities."""
    draw = (lambda: exact(rng.random())) if rng.random() < 0.25 else (lambda: float(rng.randint(0, 1)))
    return [[draw() for _ in range(units)] for _ in range(rows)]


def classes(rng, rows, units):
    return [rng.randrange(units) for _ in range(rows)]


def distributions(rng, rows, units):
    """Rows of probabilities, none of them zero, whose sum is exactly 1."""
    cuts = [[0, *sorted(rng.sample(range(1, 256), units - 1)), 256] for _ in range(rows)]
    return [[(b - a) / 256 for a, b in zip(row, row[1:])] for row in cuts]


def one_hot(rng, rows, units):
    """Mostly one-hot; in every fourth case distributions."""
    if rng.random() < 0.25:
        return distributions(rng, rows, units)
    return [[float(k == c) for k in range(units)] for c in classes(rng, rows, units)]


# --- Losses --------------------------------------------------------------------------------------------------


class Loss(NamedTuple):
    value: Callable  # (p, y, options) → one number a sample
    targets: Callable
    outputs: Sequence  # (activation, options) of the cases wanted
    torchs_own: Optional[Callable] = None  # (p, y, options) → the mean over samples as PyTorch has it
    margin: Callable = lambda p, y, **_: torch.ones(1)  # distances from kinks and clips
    least_units: int = 1
    links: Dict[str, Callable] = {}  # for outputs that are not p yet: what makes p of a


def plain(*activations):
    return [(activation, {}) for activation in activations]


def inside_unit_interval(p, y, **_):
    return torch.minimum(p, 1 - p)


def huber(p, y, delta=1.0):
    d = (p - y).abs()
    return torch.where(d <= delta, d * d / 2, delta * (d - delta / 2)).mean(1)


def smooth_labels(y, labelSmoothing):
    return y * (1 - labelSmoothing) + labelSmoothing / 2


def binary_crossentropy(p, y, reduction='mean', labelSmoothing=0, fromLogits=False):
    y = smooth_labels(y, labelSmoothing)
    terms = -(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    return terms.sum(1) if reduction == 'sum' else terms.mean(1)


def torch_binary_crossentropy(p, y, reduction='mean', labelSmoothing=0, fromLogits=False):
    mean = F.binary_cross_entropy(p, smooth_labels(y, labelSmoothing))
    return mean * y.shape[1] if reduction == 'sum' else mean


def categorical_crossentropy(p, y, labelSmoothing=0, fromLogits=False):
    if y.ndim == 1:
        y = F.one_hot(y, p.shape[1]).to(p.dtype)
    y = y * (1 - labelSmoothing) + labelSmoothing / p.shape[1]
    whole = p.sum(1, keepdim=True)
    if not torch.allclose(whole, torch.ones_like(whole)):  # softmax is a distribution but for rounding
        p = p / whole
    return -(y * torch.log(p)).sum(1)


def torch_categorical_crossentropy(p, y, labelSmoothing=0, fromLogits=False):
    # softmax(log p) is p divided by its sum.
    return F.cross_entropy(torch.log(p), y, label_smoothing=labelSmoothing)


LOSSES = {
    'meanSquaredError': Loss(
        lambda p, y: ((p - y) ** 2).mean(1), reals, plain(*ACTIVATIONS), F.mse_loss),
    'sumOfSquares': Loss(
        lambda p, y: 0.5 * ((p - y) ** 2).sum(1), reals, plain('linear', 'sigmoid', 'tanh', 'relu'),
        lambda p, y: F.mse_loss(p, y, reduction='sum') / (2 * len(y))),
    'meanAbsoluteError': Loss(
        lambda p, y: (p - y).abs().mean(1), reals, plain('linear', 'leakyRelu', 'softsign'), F.l1_loss,
        lambda p, y: (p - y).abs()),
    'huber': Loss(
        huber, reals, [('linear', {}), ('linear', {'delta': 0.5}), ('geluTanh', {'delta': 1.5})],
        lambda p, y, delta=1.0: F.huber_loss(p, y, delta=delta),
        lambda p, y, delta=1.0: ((p - y).abs() - delta).abs()),
    'binaryCrossentropy': Loss(
        binary_crossentropy, labels, [
            *plain('sigmoid', 'softmax', 'hardSigmoid'), ('sigmoid', {'reduction': 'sum'}),
            ('sigmoid', {'labelSmoothing': 0.125}), ('sigmoid', {'labelSmoothing': 0.25, 'reduction': 'sum'}),
            ('linear', {'fromLogits': True}), ('linear', {'fromLogits': True, 'reduction': 'sum'}),
            ('linear', {'fromLogits': True, 'labelSmoothing': 0.125})],
        torch_binary_crossentropy, inside_unit_interval, links={'linear': torch.sigmoid}),
    'categoricalCrossentropy': Loss(
        categorical_crossentropy, one_hot, [
            *plain('softmax', 'softmax', 'logSoftmax', 'sigmoid', 'hardSigmoid'),
            ('linear', {'fromLogits': True}), ('linear', {'fromLogits': True, 'labelSmoothing': 0.0625}),
            ('softmax', {'labelSmoothing': 0.125}), ('logSoftmax', {'labelSmoothing': 0.25})],
        torch_categorical_crossentropy, inside_unit_interval, 2, {'linear': softmax, 'logSoftmax': torch.exp}),
    'sparseCategoricalCrossentropy': Loss(
        categorical_crossentropy, classes, [
            *plain('softmax', 'softmax', 'logSoftmax', 'sigmoid'),
            ('linear', {'fromLogits': True}), ('softmax', {'labelSmoothing': 0.125})],
        torch_categorical_crossentropy, inside_unit_interval, 2, {'linear': softmax, 'logSoftmax': torch.exp}),
    'hinge': Loss(
        lambda p, y: torch.relu(1 - y * p).mean(1), signs, plain('linear', 'tanh', 'elu'),
        lambda p, y: F.margin_ranking_loss(p, torch.zeros_like(p), y, margin=1),
        lambda p, y: (1 - y * p).abs()),
    'poisson': Loss(
        lambda p, y: (p - y * torch.log(p + 1e-7)).mean(1), counts, plain('softplus', 'sigmoid', 'softmax'),
        lambda p, y: F.poisson_nll_loss(p, y, log_input=False, eps=1e-7),
        lambda p, y: p),
    'kullbackLeiblerDivergence': Loss(
        lambda p, y: (y * torch.log(y / p)).sum(1), distributions, plain('softmax', 'softmax', 'sigmoid'),
        lambda p, y: F.kl_div(torch.log(p), y, reduction='batchmean'), inside_unit_interval, 2),
    'logCosh': Loss(
        lambda p, y: torch.log(torch.cosh(p - y)).mean(1), reals, plain('linear', 'tanh', 'gelu')),
    'squaredHinge': Loss(
        lambda p, y: (torch.relu(1 - y * p) ** 2).mean(1), signs, plain('linear', 'tanh'),
        margin=lambda p, y: (1 - y * p).abs()),
    'meanAbsolutePercentageError': Loss(
        lambda p, y: (100 * (p - y).abs() / y.abs()).mean(1), far_from_zero, plain('linear', 'tanh', 'selu'),
        lambda p, y: 100 * F.l1_loss(p / y, torch.ones_like(y)),
        lambda p, y: (p - y).abs()),
    'meanSquaredLogarithmicError': Loss(
        lambda p, y: ((torch.log1p(p) - torch.log1p(y.clamp(min=1e-7))) ** 2).mean(1), counts,
        plain('softplus', 'exponential', 'sigmoid'),
        lambda p, y: F.mse_loss(torch.log1p(p), torch.log1p(y.clamp(min=1e-7))),
        lambda p, y: p),
    'cosineSimilarity': Loss(
        lambda p, y: -(F.normalize(p) * F.normalize(y)).sum(1), reals, plain('linear', 'tanh', 'gelu'),
        lambda p, y: -F.cosine_similarity(p, y).mean(), least_units=2),
}

# --- Optimizers: our name and options, and PyTorch's for them ---------------------------------------------------

OPTIMIZERS = [
    ({'name': 'sgd', 'learningRate': 0.1}, lambda p: torch.optim.SGD(p, lr=0.1)),
    ({'name': 'sgd', 'learningRate': 0.05, 'momentum': 0.9}, lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
    ({'name': 'sgd', 'learningRate': 0.05, 'momentum': 0.9, 'nesterov': True},
     lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    ({'name': 'rmsprop', 'learningRate': 0.01, 'rho': 0.9, 'epsilon': 1e-7},
     lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-7)),
    ({'name': 'adam', 'learningRate': 0.01, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-7},
     lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.999), eps=1e-7)),
]
