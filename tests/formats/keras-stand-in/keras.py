"""Names of Keras that the exported model.py calls, in numpy: no Keras was to be had where the tests run.

Signatures are those that Keras 2.15 and 3.7 share, and anything else that is passed is a TypeError. It shows that
the program builds the network that was exported; it is no proof that every version of Keras takes it.
"""
import math
from types import SimpleNamespace

import numpy as np

erf = np.vectorize(math.erf)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def relu(x, max_value=None):
    x = np.maximum(x, 0)
    return x if max_value is None else np.minimum(x, max_value)


def gelu(x, approximate=False):
    if approximate:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * 0.5 * (1 + erf(x / math.sqrt(2)))


NAMED = {
    'linear': lambda x: x,
    'sigmoid': lambda x: 1 / (1 + np.exp(-x)),
    'tanh': np.tanh,
    'relu': relu,
    'elu': lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    'selu': lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    'gelu': gelu,
    'swish': lambda x: x / (1 + np.exp(-x)),
    'softplus': lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0),
    'softsign': lambda x: x / (1 + np.abs(x)),
    'exponential': np.exp,
    'softmax': softmax,
}
activations = SimpleNamespace(relu=relu, gelu=gelu, log_softmax=lambda x: np.log(softmax(x)))
register = lambda package: lambda function: function
saving = SimpleNamespace(register_keras_serializable=register)
utils = saving
regularizers = SimpleNamespace(L1L2=lambda l1=0.0, l2=0.0: (l1, l2))
constraints = SimpleNamespace(MaxNorm=lambda max_value=2: 0, NonNeg=lambda: 0, UnitNorm=lambda axis=0: 0)


def function_of(activation):
    return activation if callable(activation) else NAMED[activation or 'linear']


class Layer:
    names = ()

    def __init__(self, name=None, trainable=True):
        assert name is None or '/' not in name
        self.values = None

    def build(self, features):
        self.shapes = []
        return features

    def set_weights(self, values):
        assert [np.shape(value) for value in values] == self.shapes, (self.shapes, [np.shape(value) for value in values])
        self.values = [np.asarray(value, float) for value in values]

    def call(self, x):
        return x


class Dense(Layer):
    def __init__(self, units, activation=None, use_bias=True, kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **common):
        super().__init__(**common)
        self.units, self.activation, self.use_bias = units, function_of(activation), use_bias

    def build(self, features):
        self.shapes = [(features, self.units)] + ([(self.units,)] if self.use_bias else [])
        return self.units

    def call(self, x):
        z = x @ self.values[0]
        return self.activation(z + self.values[1] if self.use_bias else z)


class Activation(Layer):
    def __init__(self, activation, **common):
        super().__init__(**common)
        self.call = function_of(activation)


class LeakyReLU(Layer):
    def __init__(self, slope=0.3, activity_regularizer=None, **common):
        super().__init__(**common)
        self.call = lambda x: np.where(x > 0, x, slope * x)


class ELU(Layer):
    def __init__(self, alpha=1.0, activity_regularizer=None, **common):
        super().__init__(**common)
        self.call = lambda x: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


class Dropout(Layer):
    def __init__(self, rate, **common):
        super().__init__(**common)


class Normalizing(Layer):
    statistics = 0

    def __init__(self, epsilon=1e-3, center=True, scale=True, **common):
        super().__init__(**common)
        self.epsilon, self.center, self.scale = epsilon, center, scale

    def build(self, features):
        self.shapes = [(features,)] * (self.scale + self.center + self.statistics)
        return features

    def scaled(self, x):
        values = list(self.values or [])
        x = x * values.pop(0) if self.scale else x
        return x + values.pop(0) if self.center else x


class BatchNormalization(Normalizing):
    statistics = 2

    def __init__(self, momentum=0.99, **options):
        super().__init__(**options)

    def call(self, x):
        mean, variance = self.values[-2:]
        return self.scaled((x - mean) / np.sqrt(variance + self.epsilon))


class LayerNormalization(Normalizing):
    def call(self, x):
        return self.scaled((x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + self.epsilon))


class Normalization(Layer):
    def __init__(self, axis=-1, mean=None, variance=None, **common):
        super().__init__(**common)
        mean, variance = np.asarray(mean, float), np.asarray(variance, float)
        self.call = lambda x: (x - mean) / np.maximum(np.sqrt(variance), 1e-7)


layers = SimpleNamespace(
    Dense=Dense, Activation=Activation, LeakyReLU=LeakyReLU, ELU=ELU, Dropout=Dropout, AlphaDropout=Dropout,
    GaussianNoise=Dropout, BatchNormalization=BatchNormalization, LayerNormalization=LayerNormalization,
    Normalization=Normalization,
)


def Input(shape):
    return shape


class Sequential:
    def __init__(self):
        self.layers, self.features = [], None

    def add(self, layer):
        if isinstance(layer, tuple):
            (self.features,) = layer
            return
        self.layers.append(layer)
        self.features = layer.build(self.features)

    def predict(self, x, verbose='auto'):
        x = np.asarray(x, float)
        for layer in self.layers:
            x = layer.call(x)
        return x
