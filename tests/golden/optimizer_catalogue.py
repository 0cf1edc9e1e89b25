"""Optimizers with their options, beyond those of catalogue.py: each by PyTorch where it has the same, else by formula.

Names and options are those of web/src/types.ts. A formula is a function of one weight at one step.
"""

import math

import torch

# --- Formulas --------------------------------------------------------------------------------------------------


class Formula:
    """An optimizer like PyTorch's: `update` changes p by its gradient g; `state` belongs to p, `t` counts from 1."""

    def __init__(self, params, update):
        self.params, self.update, self.t = params, update, 0
        self.states = [{} for _ in params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.t += 1
        for p, state in zip(self.params, self.states):
            self.update(p, p.grad, state, self.t)


def formula(update, **options):
    return lambda params: Formula(params, lambda p, g, state, t: update(p, g, state, t, **options))


def lion(p, g, state, t, lr=1e-3, b1=0.9, b2=0.99):
    """Chen et al. 2023, algorithm 2, without decay."""
    m = state.get('m', torch.zeros_like(p))
    p -= lr * torch.sign(b1 * m + (1 - b1) * g)
    state['m'] = b2 * m + (1 - b2) * g


def nadam(p, g, state, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-7):
    """Dozat 2016 with every factor of the products written out."""
    m = state['m'] = b1 * state.get('m', 0) + (1 - b1) * g
    v = state['v'] = b2 * state.get('v', 0) + (1 - b2) * g * g
    mu = [b1 * (1 - 0.5 * 0.96 ** (i / 250)) for i in range(1, t + 2)]
    hat = mu[t] * m / (1 - math.prod(mu)) + (1 - mu[t - 1]) * g / (1 - math.prod(mu[:t]))
    p -= lr * hat / ((v / (1 - b2 ** t)).sqrt() + eps)


# --- What goes with every optimizer: wrappers of its step ---------------------------------------------------------


class Wrapper:
    def __init__(self, params, inner):
        self.params, self.inner = params, inner

    def zero_grad(self):
        self.inner.zero_grad()

    def step(self):
        self.inner.step()

    def finish(self):
        pass


def shorter(gradient, norm, limit):
    return gradient * min(1, limit / norm)


class Clipped(Wrapper):
    def __init__(self, params, inner, clip):
        super().__init__(params, inner)
        self.clip = clip

    def step(self):
        gradients = self.clip([p.grad for p in self.params])
        for p, g in zip(self.params, gradients):
            p.grad = g
        self.inner.step()


def clip_norm(limit):
    return lambda gradients: [shorter(g, g.square().sum().sqrt(), limit) for g in gradients]


def clip_value(limit):
    return lambda gradients: [g.clamp(-limit, limit) for g in gradients]


def global_clip_norm(limit):
    return lambda gradients: [shorter(g, sum(g.square().sum() for g in gradients).sqrt(), limit) for g in gradients]


def clipped(clip, make):
    return lambda params: Clipped(params, make(params), clip)


class Decayed(Wrapper):
    """Keras 3: before the step, every weight loses its share."""

    def __init__(self, params, inner, share):
        super().__init__(params, inner)
        self.share = share

    @torch.no_grad()
    def step(self):
        for p in self.params:
            p -= self.share * p
        self.inner.step()


def decayed(share, make):
    return lambda params: Decayed(params, make(params), share)


class Averaged(Wrapper):
    """Keras 3: the average is the weights after the first step, and replaces them at the end."""

    def __init__(self, params, inner, momentum):
        super().__init__(params, inner)
        self.momentum, self.averages = momentum, None

    @torch.no_grad()
    def step(self):
        self.inner.step()
        if self.averages is None:
            self.averages = [p.clone() for p in self.params]
        else:
            self.averages = [self.momentum * a + (1 - self.momentum) * p for a, p in zip(self.averages, self.params)]

    @torch.no_grad()
    def finish(self):
        for p, a in zip(self.params, self.averages):
            p.copy_(a)


def averaged(momentum, make):
    return lambda params: Averaged(params, make(params), momentum)


# --- The table: our options, and what does the same ----------------------------------------------------------------

T = torch.optim


def torchs(kind, **options):
    return lambda params: kind(params, **options)


SGD = torchs(T.SGD, lr=0.1)
ADAM = torchs(T.Adam, lr=0.01, eps=1e-7)


def nadams(**options):
    """With foreach, because without it torch 1.13 has one factor twice in the next product of momenta."""
    return torchs(T.NAdam, foreach=True, **options)


CONFIGURATIONS = [
    # sgd
    ({'name': 'sgd', 'learningRate': 0.1, 'momentum': 0.5}, torchs(T.SGD, lr=0.1, momentum=0.5)),
    ({'name': 'sgd', 'learningRate': 0.1, 'momentum': 0.7, 'nesterov': True},
     torchs(T.SGD, lr=0.1, momentum=0.7, nesterov=True)),
    ({'name': 'sgd', 'learningRate': 0.1, 'weightDecay': 0.1}, decayed(0.01, SGD)),
    ({'name': 'sgd', 'learningRate': 0.1, 'momentum': 0.9, 'weightDecay': 0.05},
     decayed(0.005, torchs(T.SGD, lr=0.1, momentum=0.9))),
    ({'name': 'sgd', 'learningRate': 0.1, 'clipNorm': 0.1}, clipped(clip_norm(0.1), SGD)),
    ({'name': 'sgd', 'learningRate': 0.1, 'clipNorm': 0.5}, clipped(clip_norm(0.5), SGD)),
    ({'name': 'sgd', 'learningRate': 0.1, 'clipValue': 0.05}, clipped(clip_value(0.05), SGD)),
    ({'name': 'sgd', 'learningRate': 0.1, 'globalClipNorm': 0.2}, clipped(global_clip_norm(0.2), SGD)),
    ({'name': 'sgd', 'learningRate': 0.1, 'globalClipNorm': 1000}, SGD),
    ({'name': 'sgd', 'learningRate': 0.1, 'useEma': True}, averaged(0.99, SGD)),
    ({'name': 'sgd', 'learningRate': 0.1, 'useEma': True, 'emaMomentum': 0.5, 'momentum': 0.9},
     averaged(0.5, torchs(T.SGD, lr=0.1, momentum=0.9))),
    # rmsprop
    ({'name': 'rmsprop', 'learningRate': 0.01}, torchs(T.RMSprop, lr=0.01, alpha=0.9, eps=1e-7)),
    ({'name': 'rmsprop', 'learningRate': 0.01, 'rho': 0.99, 'epsilon': 1e-3},
     torchs(T.RMSprop, lr=0.01, alpha=0.99, eps=1e-3)),
    ({'name': 'rmsprop', 'learningRate': 0.005, 'momentum': 0.9},
     torchs(T.RMSprop, lr=0.005, alpha=0.9, eps=1e-7, momentum=0.9)),
    ({'name': 'rmsprop', 'learningRate': 0.01, 'centered': True, 'epsilon': 1e-3},
     torchs(T.RMSprop, lr=0.01, alpha=0.9, eps=1e-3, centered=True)),
    ({'name': 'rmsprop', 'learningRate': 0.005, 'centered': True, 'momentum': 0.8, 'rho': 0.95, 'epsilon': 1e-2},
     torchs(T.RMSprop, lr=0.005, alpha=0.95, eps=1e-2, momentum=0.8, centered=True)),
    ({'name': 'rmsprop', 'learningRate': 0.01, 'clipValue': 0.1, 'weightDecay': 0.2},
     clipped(clip_value(0.1), decayed(0.002, torchs(T.RMSprop, lr=0.01, alpha=0.9, eps=1e-7)))),
    # adam
    ({'name': 'adam', 'learningRate': 0.01}, ADAM),
    ({'name': 'adam', 'learningRate': 0.05, 'beta1': 0.5, 'beta2': 0.9, 'epsilon': 1e-2},
     torchs(T.Adam, lr=0.05, betas=(0.5, 0.9), eps=1e-2)),
    ({'name': 'adam', 'learningRate': 0.01, 'amsgrad': True}, torchs(T.Adam, lr=0.01, eps=1e-7, amsgrad=True)),
    ({'name': 'adam', 'learningRate': 0.1, 'beta2': 0.5, 'amsgrad': True},
     torchs(T.Adam, lr=0.1, betas=(0.9, 0.5), eps=1e-7, amsgrad=True)),
    ({'name': 'adam', 'learningRate': 0.01, 'globalClipNorm': 0.1}, clipped(global_clip_norm(0.1), ADAM)),
    ({'name': 'adam', 'learningRate': 0.01, 'clipNorm': 0.05}, clipped(clip_norm(0.05), ADAM)),
    ({'name': 'adam', 'learningRate': 0.01, 'useEma': True, 'emaMomentum': 0.8}, averaged(0.8, ADAM)),
    # adamw
    ({'name': 'adamw', 'learningRate': 0.01}, torchs(T.AdamW, lr=0.01, eps=1e-7, weight_decay=0.004)),
    ({'name': 'adamw', 'learningRate': 0.02, 'weightDecay': 0.5},
     torchs(T.AdamW, lr=0.02, eps=1e-7, weight_decay=0.5)),
    ({'name': 'adamw', 'learningRate': 0.01, 'weightDecay': 0.1, 'amsgrad': True, 'beta1': 0.8},
     torchs(T.AdamW, lr=0.01, betas=(0.8, 0.999), eps=1e-7, weight_decay=0.1, amsgrad=True)),
    ({'name': 'adamw', 'learningRate': 0.01, 'weightDecay': 0.1, 'clipNorm': 0.1, 'useEma': True,
      'emaMomentum': 0.9},
     averaged(0.9, clipped(clip_norm(0.1), torchs(T.AdamW, lr=0.01, eps=1e-7, weight_decay=0.1)))),
    # adagrad
    ({'name': 'adagrad', 'learningRate': 0.05},
     torchs(T.Adagrad, lr=0.05, initial_accumulator_value=0.1, eps=1e-7)),
    ({'name': 'adagrad', 'learningRate': 0.02, 'initialAccumulatorValue': 0, 'epsilon': 1e-3},
     torchs(T.Adagrad, lr=0.02, eps=1e-3)),
    ({'name': 'adagrad', 'learningRate': 0.5, 'initialAccumulatorValue': 1},
     torchs(T.Adagrad, lr=0.5, initial_accumulator_value=1, eps=1e-7)),
    # adadelta
    ({'name': 'adadelta', 'learningRate': 1}, torchs(T.Adadelta, lr=1, rho=0.95, eps=1e-7)),
    ({'name': 'adadelta', 'learningRate': 0.5, 'rho': 0.9, 'epsilon': 1e-4},
     torchs(T.Adadelta, lr=0.5, rho=0.9, eps=1e-4)),
    ({'name': 'adadelta', 'learningRate': 1, 'rho': 0.5, 'epsilon': 1e-5, 'weightDecay': 0.01},
     decayed(0.01, torchs(T.Adadelta, lr=1, rho=0.5, eps=1e-5))),
    # adamax
    ({'name': 'adamax', 'learningRate': 0.01}, torchs(T.Adamax, lr=0.01, eps=1e-7)),
    ({'name': 'adamax', 'learningRate': 0.05, 'beta1': 0.5, 'beta2': 0.7, 'epsilon': 1e-2},
     torchs(T.Adamax, lr=0.05, betas=(0.5, 0.7), eps=1e-2)),
    ({'name': 'adamax', 'learningRate': 0.01, 'globalClipNorm': 0.3, 'weightDecay': 0.3},
     clipped(global_clip_norm(0.3), decayed(0.003, torchs(T.Adamax, lr=0.01, eps=1e-7)))),
    # nadam
    ({'name': 'nadam', 'learningRate': 0.01}, nadams(lr=0.01, eps=1e-7)),
    ({'name': 'nadam', 'learningRate': 0.01, 'epsilon': 1e-5}, formula(nadam, lr=0.01, eps=1e-5)),
    ({'name': 'nadam', 'learningRate': 0.02, 'beta1': 0.6, 'beta2': 0.9},
     nadams(lr=0.02, betas=(0.6, 0.9), eps=1e-7)),
    ({'name': 'nadam', 'learningRate': 0.01, 'beta1': 0, 'useEma': True, 'emaMomentum': 0.7},
     averaged(0.7, nadams(lr=0.01, betas=(0, 0.999), eps=1e-7))),
    # lion
    ({'name': 'lion', 'learningRate': 0.01}, formula(lion, lr=0.01)),
    ({'name': 'lion', 'learningRate': 0.02, 'beta1': 0.5, 'beta2': 0.7}, formula(lion, lr=0.02, b1=0.5, b2=0.7)),
    ({'name': 'lion', 'learningRate': 0.01, 'weightDecay': 1}, decayed(0.01, formula(lion, lr=0.01))),
    ({'name': 'lion', 'learningRate': 0.01, 'clipValue': 0.02}, clipped(clip_value(0.02), formula(lion, lr=0.01))),
]
